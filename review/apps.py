"""The review app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """See the package's modules."""

    name = "review"
    verbose_name = "Cards and reviews"

    def ready(self) -> None:
        """Load the models that stand in no models.py; readiness includes the read models'."""
        from accounts.queries.profile import Part, register_part
        from config.operations import health
        from config.operations.parts import SHARED
        from config.speech import sources
        from review import (  # noqa: F401
            group_models,
            import_models,
            panels,
            personal_data,
            plan_models,
            projections,
        )
        from review.commands.parameters import choose_retention
        from review.queries.parameters import desired_retention
        from review.queries.spoken import front_of
        from review.reports import letters

        sources.register("content", front_of)
        personal_data.say()
        letters.register()
        panels.show()
        register_part("desired_retention", Part(desired_retention, choose_retention))
        SHARED.register(projections.ReadModelAges())

        remedy = "Run `manage.py rebuild_read_models` after a restore; else see that beat and the "
        remedy += "worker of `medium` run."
        health.register("read_models", projections.health, remedy=remedy)
