"""Addresses of the ocr app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
