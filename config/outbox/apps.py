"""The outbox package as a Django app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """See the package's modules."""

    name = "config.outbox"
    label = "outbox"
    verbose_name = "Events"

    def ready(self) -> None:
        """Readiness includes that events leave; doctor looks for those that nobody could handle."""
        from config.operations import doctor, health, personal_data
        from config.operations.parts import SHARED
        from config.outbox import figures, forget, relay

        personal_data.register(
            personal_data.Fate.NOBODYS,
            "outbox.OutboxEntry", "outbox.ProcessedEvent", "outbox.DeadLetter",
        )  # fmt: skip
        personal_data.on_forget("events", forget.forget)
        SHARED.register(figures.OutboxFigures())
        health.register("events", relay.health, remedy="Start `manage.py relay`.")
        check = doctor.Check("Dead letters", figures.dead_letters, ("database",))
        doctor.register("dead_letters", check)
