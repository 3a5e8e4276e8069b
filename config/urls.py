"""Every address of the product."""

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import config.celery  # noqa: F401  the web process publishes its tasks through our app
from config.api.levels import Levels
from config.api.views import Root

handler400 = "config.api.problems.bad_request"
handler403 = "config.api.problems.forbidden"
handler404 = "config.api.problems.not_found"
handler500 = "config.api.problems.server_error"

docs = csp_replace({"script-src": [SELF]})(SpectacularSwaggerSplitView.as_view(url_name="schema"))
schema = cache_page(300)(SpectacularAPIView.as_view(throttle_classes=()))  # a second's work
api: list[URLPattern | URLResolver] = [
    path("", Root.as_view(), name="root"),
    path("", include("review.api.urls")),  # what learners ask for all the time
    path("api-keys/", include("config.api.key_views")),
    path("", include("accounts.api.urls")),
    path("", include("ocr.api.urls")),
    path("", include("exams.api.urls")),
    path("", include("chat.api.urls")),
    path("jobs/", include("config.jobs.views")),
    path("speech/", include("config.speech.views")),
    path("levels/", Levels.as_view(), name="levels"),
]
urlpatterns = [
    path("api/v1/", include(api)),
    path("api/schema/", schema, name="schema"),
    path("api/docs/", docs, name="docs"),
    path("admin/", admin.site.urls),
    path("", include("config.operations.urls")),
]
