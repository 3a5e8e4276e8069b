"""The jobs package as a Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """See the package's modules."""

    name = "config.jobs"
    label = "jobs"
    verbose_name = "Long work"
