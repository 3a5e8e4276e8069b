"""The models' package as a Django app."""

from django.apps import AppConfig


class AiConfig(AppConfig):
    """Every model call of the product goes through here."""

    name = "config.ai"
    label = "ai"

    def ready(self) -> None:
        """Show the breakers in /metrics and the language model in /readyz."""
        from config.ai.health import examine, language_model
        from config.ai.metrics import BreakerStates
        from config.operations import doctor, health
        from config.operations.parts import SHARED

        SHARED.register(BreakerStates())
        health.register("language_model", language_model)
        doctor.register("language_model", doctor.Check("Language model", examine, ("redis",)))
