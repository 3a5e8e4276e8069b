"""The outbox package as a Django app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """See the package's modules."""

    name = "config.outbox"
    label = "outbox"
    verbose_name = "Events"

    def ready(self) -> None:
        """Readiness includes that events leave."""
        from config.operations import health
        from config.outbox import relay

        health.register("events", relay.health)
