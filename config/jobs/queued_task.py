"""What every task has from its queue: attempts, pauses, time limits; and an end, come what may."""

from typing import TYPE_CHECKING, Any

import structlog
from celery import Task
from celery.exceptions import Reject
from django.core.cache import cache
from redis import RedisError

from config.jobs.queues import TaskQueue

if TYPE_CHECKING:
    from config.jobs.queues import QueueApp

STARTS_MAX = 5
_REMEMBERED_SECONDS = 86_400

log = structlog.get_logger(__name__)


class QueuedTask(Task):  # type: ignore[type-arg]
    """Base of all tasks. Work that must not be lost is a job; this is about the messages."""

    abstract = True
    app: "QueueApp"
    retry_jitter = True

    @property
    def queue_row(self) -> TaskQueue:
        """The task's queue in the table."""
        return self.app.queue_of(str(self.name))

    @property
    def max_retries(self) -> int:  # type: ignore[override]
        """How often a task that names errors in ``autoretry_for`` is tried again."""
        return self.queue_row.retry.attempts

    @property
    def retry_backoff(self) -> int:
        """Seconds before the first time again."""
        return self.queue_row.retry.pause_seconds

    @property
    def retry_backoff_max(self) -> int:
        """Longest pause, in seconds."""
        return self.queue_row.retry.pause_seconds_max

    @property
    def time_limit(self) -> int:  # type: ignore[override]
        """Seconds after which the process is killed."""
        return self.queue_row.time_limit_seconds

    @property
    def soft_time_limit(self) -> int:  # type: ignore[override]
        """Seconds after which the task is told to end."""
        return self.queue_row.time_limit_seconds - 10

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:
        """Drop a message that has killed its worker again and again; its job ends by itself."""
        if not (self.request.delivery_info or {}).get("redelivered"):
            return
        try:
            key = f"task_starts:{task_id}"
            cache.add(key, 1, _REMEMBERED_SECONDS)
            starts = cache.incr(key)
        except RedisError as error:
            log.warning("starts_not_counted", task=self.name, exc_info=error)
            return
        if starts > STARTS_MAX:
            log.error("task_dropped", task=self.name, task_id=task_id, starts=starts)
            raise Reject("It ended its worker too often.", requeue=False)
