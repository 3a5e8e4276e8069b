"""Addresses of the review app: one module a resource."""

from django.urls import include, path

urlpatterns = [
    path("categories/", include("review.api.categories")),
    path("contents/", include("review.api.contents")),
    path("reviews/", include("review.api.reviews")),
    path("statistics/", include("review.api.statistics")),
]
