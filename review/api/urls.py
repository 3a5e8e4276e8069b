"""Addresses of the review app: one module a resource."""

from django.urls import include, path

urlpatterns = [
    path("reviews/", include("review.api.reviews")),  # first, for it is asked for most
    path("categories/", include("review.api.categories")),
    path("contents/", include("review.api.contents")),
    path("contents/", include("review.api.cards")),
    path("reviews/log/", include("review.api.review_log")),
    path("reviews/batch/", include("review.api.batches")),
    path("", include("review.api.parameters")),
    path("", include("review.api.optimisations")),
    path("", include("review.api.plans")),
    path("", include("review.api.tables")),
    path("exports/", include("review.api.exports")),
    path("imports/", include("review.api.imports")),
    path("media/", include("review.api.media")),
    path("groups/<uuid:group_id>/", include("review.api.groups")),
    path("me/summary/", include("review.api.summary")),
    path("statistics/", include("review.api.statistics")),
    path("statistics/", include("review.api.charts")),
]
