"""Canaries: a task that beat sends through every worker. Where it grows old, nobody works."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone
from django_redis import get_redis_connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import RedisError

from config.jobs.queues import queue_app

EVERY_SECONDS = 30
OLD_SECONDS = 120  # a unit of work and a time limit later


def sing(*, worker: str, now: datetime) -> None:
    """Note that a worker has done a task just now."""
    get_redis_connection("default").hset(_key(), worker, now.timestamp())


def ages(*, now: datetime) -> dict[str, float | None]:
    """Return by worker the seconds since it did its last canary; None where none was seen."""
    workers = sorted({queue.worker for queue in queue_app().table.values()})
    found = get_redis_connection("default").hmget(_key(), workers)
    return {
        worker: max(0.0, now.timestamp() - float(seen)) if seen else None
        for worker, seen in zip(workers, found, strict=True)
    }


def health() -> str:
    """Tell which workers work. None of them makes the product unready: the API answers."""
    found = ages(now=timezone.now())
    silent = [name for name, age in found.items() if age is None or age > OLD_SECONDS]
    if not silent:
        return f"{', '.join(found)} work"
    return "; ".join(f"no sign of life from {name} {_since(found[name])}" for name in silent)


class CanaryAges(Collector):
    """Read when Prometheus asks; a worker never seen has no age."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one gauge; empty while Redis is away."""
        gauge = GaugeMetricFamily(
            "worker_canary_age_seconds", "Since a worker did its last canary", labels=["worker"]
        )
        with suppress(RedisError):  # `broker_up` and the readiness of Redis say so
            for name, age in ages(now=timezone.now()).items():
                if age is not None:
                    gauge.add_metric([name], age)
        yield gauge


def _key() -> str:
    return str(cache.make_key("canaries"))


def _since(age: float | None) -> str:
    return "yet" if age is None else f"for {age:.0f} s"
