"""The review app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """See the package's modules."""

    name = "review"
