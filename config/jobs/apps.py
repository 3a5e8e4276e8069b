"""The jobs package as a Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """See the package's modules."""

    name = "config.jobs"
    label = "jobs"
    verbose_name = "Long work"

    def ready(self) -> None:
        """Show in /metrics and /readyz which workers work."""
        from config.jobs import canaries
        from config.operations import health
        from config.operations.parts import SHARED

        SHARED.register(canaries.CanaryAges())
        health.register("workers", canaries.health)
