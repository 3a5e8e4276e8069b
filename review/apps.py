"""The review app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """See the package's modules."""

    name = "review"
    verbose_name = "Cards and reviews"

    def ready(self) -> None:
        """Load the models that stand in no models.py; readiness includes the read models'."""
        from config.operations import health
        from review import import_models, projections  # noqa: F401

        health.register("read_models", projections.health)
