"""Addresses of the exams app: one module a resource."""

from django.urls import include, path

urlpatterns = [
    path("level-tests/", include("exams.api.level_tests")),
    path("groups/<uuid:group_id>/exams/", include("exams.api.groups")),
    path("exams/", include("exams.api.exams")),
    path("attempts/", include("exams.api.attempts")),
    path("attempts/", include("exams.api.listening")),
]
