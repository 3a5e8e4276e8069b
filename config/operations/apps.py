"""The operations package as a Django app."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """See the package's modules."""

    name = "config.operations"
    label = "operations"
