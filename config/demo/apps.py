"""The demo package as a Django app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """See the package's modules."""

    name = "config.demo"
    label = "demo"
