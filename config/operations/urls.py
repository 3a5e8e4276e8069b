"""Addresses for whoever runs the product."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
