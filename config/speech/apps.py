"""The speech package as a Django app."""

from django.apps import AppConfig


class SpeechConfig(AppConfig):
    """See the package's modules."""

    name = "config.speech"
    label = "speech"
    verbose_name = "Speech"

    def ready(self) -> None:
        """Show in /readyz whether anything speaks."""
        from config.operations import health
        from config.speech import engine

        health.register("speech", engine.health)
