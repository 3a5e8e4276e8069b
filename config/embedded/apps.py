"""The embedded package as a Django app."""

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    """See the package's modules."""

    name = "config.embedded"
    label = "embedded"
