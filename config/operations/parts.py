"""The parts that every installation has: are they there, and how full are the queues?"""

from collections.abc import Iterator

import structlog
from celery import current_app
from django.db import connection
from django_redis import get_redis_connection
from kombu import Connection
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import Redis  # loaded before two threads of /readyz would import it at once

from config.jobs.queues import queue_app

log = structlog.get_logger(__name__)
_CONNECT_SECONDS = 1


def database() -> str:
    """Return the server's version; raises when it does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def redis() -> str:
    """Return the server's version; raises when it does not answer."""
    client: Redis = get_redis_connection("default")
    about: dict[str, str] = client.info("server")
    name = about.get("server_name", "redis")
    return f"{name} {about.get('valkey_version', about['redis_version'])}"


def broker() -> str:
    """Connect as a publisher does; raises when it cannot."""
    with _broker() as client:
        client.ensure_connection(max_retries=1, interval_start=0, timeout=_CONNECT_SECONDS)
        return f"{client.transport.driver_name} takes tasks"


def queue_lengths() -> dict[str, int]:
    """Return how many tasks wait in each queue; raises when the broker does not answer."""
    with _broker() as client:
        return {queue.name: _length(client, queue.name) for queue in current_app.conf.task_queues}


def _broker() -> Connection:
    return current_app.connection_for_write(connect_timeout=_CONNECT_SECONDS)


def _length(client: Connection, name: str) -> int:
    with client.channel() as channel:
        try:
            found = channel.queue_declare(name, passive=True)  # type: ignore[attr-defined]
            return int(found.message_count)
        except client.channel_errors:  # an empty queue is none, on Redis
            return 0


class QueueLengths(Collector):
    """Read when Prometheus asks, so that it does not matter which process is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one gauge; without a broker none, and `up_broker` says so."""
        up = GaugeMetricFamily("broker_up", "Whether the broker answers")
        lengths = GaugeMetricFamily("celery_queue_length", "Waiting tasks", labels=["queue"])
        limits = GaugeMetricFamily(
            "celery_queue_length_max", "Beyond it tasks are refused", labels=["queue"]
        )
        try:
            for name, length in queue_lengths().items():
                lengths.add_metric([name], length)
            up.add_metric([], 1)
        except Exception as error:
            log.warning("queue_lengths_unknown", exc_info=error)
            up.add_metric([], 0)
        yield up
        yield lengths
        for name, queue in queue_app().table.items():
            limits.add_metric([name], queue.length_max)
        yield limits


SHARED = CollectorRegistry()  # what is the same whichever process is asked
SHARED.register(QueueLengths())
