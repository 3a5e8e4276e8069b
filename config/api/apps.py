"""The api package as a Django app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """See the package's modules."""

    name = "config.api"
    label = "api"
