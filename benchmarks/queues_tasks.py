"""The tasks of ``benchmarks.queues``, for its workers to include."""

import time
from typing import Any

from celery import shared_task
from django_redis import get_redis_connection

STARTS = "benchmark:starts"
SLOW_SECONDS = 0.005


@shared_task(name="benchmarks.queues.slow")
def slow(**_: Any) -> None:
    """Be one of the ten thousand."""
    time.sleep(SLOW_SECONDS)


@shared_task(name="benchmarks.queues.mail")
def mail(*, sent_at: float, **_: Any) -> None:
    """Note how many seconds after it was sent it was begun; one clock for both."""
    get_redis_connection("default").rpush(STARTS, time.time() - sent_at)
