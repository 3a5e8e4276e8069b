"""Addresses of the ocr app."""

from django.urls import path

from ocr.api import cards, events, extract, files, scans

urlpatterns = [
    path("scans/", scans.Scans.as_view(), name="scans"),
    path("scans/<uuid:scan_id>/", scans.ScanDetail.as_view(), name="scan"),
    path("scans/<uuid:scan_id>/retry/", scans.ScanRetry.as_view(), name="scan-retry"),
    path("scans/<uuid:scan_id>/events/", events.ScanEvents.as_view(), name="scan-events"),
    path("scans/<uuid:scan_id>/original/", files.Original.as_view(), name="scan-original"),
    path("scans/<uuid:scan_id>/thumbnail/", files.Thumbnail.as_view(), name="scan-thumbnail"),
    path("scans/<uuid:scan_id>/text.json", files.ScanText.as_view(), name="scan-text"),
    path("scans/<uuid:scan_id>/text.txt", files.ScanPlainText.as_view(), name="scan-text-plain"),
    path("scans/<uuid:scan_id>/text.md", files.ScanMarkdown.as_view(), name="scan-markdown"),
    path(
        "scans/<uuid:scan_id>/pages/<int:number>/image/",
        files.PageImage.as_view(),
        name="scan-page-image",
    ),
    path(
        "scans/<uuid:scan_id>/pages/<int:number>/overlay.png",
        files.PageOverlay.as_view(),
        name="scan-page-overlay",
    ),
    path("ocr/extract/", extract.Extract.as_view(), name="extract"),
    path("ocr/extract/sync/", extract.ExtractNow.as_view(), name="extract-sync"),
    path("scans/<uuid:scan_id>/cards/", cards.ScanCardsView.as_view(), name="scan-cards"),
]
