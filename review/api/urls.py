"""Addresses of the review app: one module a resource."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("statistics/", include("review.api.statistics")),
]
