"""The ocr app."""

from django.apps import AppConfig


class OcrConfig(AppConfig):
    """See the package's modules."""

    name = "ocr"
