"""The operations package as a Django app."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Health, metrics and request ids of every process."""

    name = "config.operations"
    label = "operations"

    def ready(self) -> None:
        """Register the checks of the parts, and what is watched in every process."""
        from django.db.backends.signals import connection_created

        from config.metrics import measure_queries
        from config.operations import health, parts
        from config.operations.request_ids import answer_request_ids, log_addresses

        health.register("database", parts.database)
        health.register("redis", parts.redis)
        health.register("broker", parts.broker)
        connection_created.connect(measure_queries)
        answer_request_ids()
        log_addresses()
