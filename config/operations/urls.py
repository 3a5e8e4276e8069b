"""Addresses for whoever runs the product."""

from django.urls import path

from config.operations import views

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("metrics", views.metrics),
]
