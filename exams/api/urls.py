"""Addresses of the exams app: one module a resource."""

from django.urls import include, path

urlpatterns = [path("level-tests/", include("exams.api.level_tests"))]
