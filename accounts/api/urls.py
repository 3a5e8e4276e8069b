"""Sign-in lives under /auth/."""

from django.urls import include, path

urlpatterns = [path("auth/", include("allauth.headless.urls"))]
