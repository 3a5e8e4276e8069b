"""The embedded package as a Django app."""

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    """See the package's modules."""

    name = "config.embedded"
    label = "embedded"

    def ready(self) -> None:
        """Tell doctor what there is to look at."""
        from config.embedded.diagnosis import register_checks

        register_checks()
