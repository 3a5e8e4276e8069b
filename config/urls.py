"""Every address of the product."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

import config.celery  # noqa: F401  the web process publishes its tasks through our app
from config.api.levels import Levels
from config.api.views import Root

handler400 = "config.api.problems.bad_request"
handler403 = "config.api.problems.forbidden"
handler404 = "config.api.problems.not_found"
handler500 = "config.api.problems.server_error"

api: list[URLPattern | URLResolver] = [
    path("", Root.as_view(), name="root"),
    path("", include("accounts.api.urls")),
    path("", include("review.api.urls")),
    path("", include("ocr.api.urls")),
    path("levels/", Levels.as_view(), name="levels"),
]
urlpatterns = [
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("admin/", admin.site.urls),
    path("", include("config.operations.urls")),
]
