"""The models' package as a Django app."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from config.operations.dashboard import Panel
    from config.operations.personal_data import Person


class AiConfig(AppConfig):
    """Every model call of the product goes through here."""

    name = "config.ai"
    label = "ai"

    def ready(self) -> None:
        """Show the breakers in /metrics and the language model in /readyz."""
        from config.ai.health import examine, language_model
        from config.ai.metrics import BreakerStates
        from config.operations import dashboard, doctor, health, personal_data
        from config.operations.parts import SHARED

        personal_data.on_forget("language_model", _forget)
        SHARED.register(BreakerStates())
        dashboard.register("d_breakers", _breakers)
        health.register("language_model", language_model)
        doctor.register("language_model", doctor.Check("Language model", examine, ("redis",)))


def _forget(people: "Sequence[Person]") -> None:
    from config.ai import budget, fallback

    for person in people:
        budget.forget(person.public_id)
        fallback.forget(person.public_id)


def _breakers() -> "Panel":
    from config.ai.breaker import states
    from config.operations.dashboard import Bar, Panel

    bars = [Bar(name, 1, state, is_bad=state != "closed") for name, state in states().items()]
    return Panel("Breakers", bars)
