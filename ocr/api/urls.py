"""Addresses of the ocr app."""

from django.urls import path

from ocr.api import cards, scans

urlpatterns = [
    path("scans/", scans.Scans.as_view(), name="scans"),
    path("scans/<uuid:scan_id>/", scans.ScanDetail.as_view(), name="scan"),
    path("scans/<uuid:scan_id>/retry/", scans.ScanRetry.as_view(), name="scan-retry"),
    path("scans/<uuid:scan_id>/cards/", cards.ScanCardsView.as_view(), name="scan-cards"),
]
