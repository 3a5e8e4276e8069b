"""The review app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """See the package's modules."""

    name = "review"
    verbose_name = "Cards and reviews"

    def ready(self) -> None:
        """Load the models that stand in no models.py; readiness includes the read models'."""
        from config.operations import health
        from config.operations.parts import SHARED
        from config.speech import sources
        from review import import_models, projections  # noqa: F401
        from review.queries.spoken import front_of

        sources.register("content", front_of)
        SHARED.register(projections.ReadModelAges())

        remedy = "Run `manage.py rebuild_read_models` after a restore; else see that beat and the "
        remedy += "worker of `medium` run."
        health.register("read_models", projections.health, remedy=remedy)
