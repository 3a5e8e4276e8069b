"""Sign-in lives under /auth/, the learner's own page under /me/."""

from django.urls import include, path

from accounts.api.views import Me

urlpatterns = [
    path("auth/", include("allauth.headless.urls")),
    path("me/", Me.as_view(), name="me"),
]
