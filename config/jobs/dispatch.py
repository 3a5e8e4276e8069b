"""Jobs on their way to the queues, and back from workers that died."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from kombu.exceptions import OperationalError

from config.jobs.models import Job
from config.jobs.queues import QueueFull, Retry, queue_app

SILENT_SECONDS = 15  # three heartbeats missed
WAIT_SECONDS_MAX = 120
JITTER = 0.25
BATCH = 500

log = structlog.get_logger(__name__)


def accept(
    *, task: str, arguments: dict[str, Any], user_id: int | None, attempts_max: int | None = None
) -> Job:
    """Store a job in the caller's transaction and dispatch it once that is committed.

    ``arguments`` are the task's keyword arguments, ids only; it gets ``job_id`` besides. It is
    tried as often as its queue says, or ``attempts_max`` times.
    """
    usual = queue_app().queue_of(task).retry.attempts
    job = Job.objects.create(
        task=task, arguments=arguments, user_id=user_id, attempts_max=attempts_max or usual
    )
    transaction.on_commit(lambda: dispatch(job, now=job.created_at))
    return job


def admit(*, task: str) -> None:
    """Raise QueueFull, a 503 that says when to come back, while the task's queue holds no more.

    For commands to call first, before anything is stored or locked. A broker that is away does not
    refuse: the job waits in the database.
    """
    queue_app().admit(task)


def dispatch(job: Job, *, now: datetime) -> bool:
    """Put the job into its queue; False, and it is dispatched later, when that is full or away."""
    arguments = {**job.arguments, "job_id": str(job.public_id)}
    try:
        current_app.send_task(job.task, kwargs=arguments, retry=False)
    except (OperationalError, QueueFull) as error:
        log.warning("job_not_dispatched", job=str(job.public_id), exc_info=error)
        return False
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(heartbeat_at=now)
    return True


@transaction.atomic
def replay(*, job_id: UUID, now: datetime) -> bool:
    """Begin a failed job anew, with all its attempts; False when it has not failed."""
    failed = Job.objects.filter(public_id=job_id, state=Job.State.FAILED)
    begun = failed.update(
        state=Job.State.QUEUED, stage="", percent=0, attempts=0, heartbeat_at=None,
        finished_at=None, error_code="", error_detail="",
    )  # fmt: skip
    if begun:
        job = Job.objects.get(public_id=job_id)
        transaction.on_commit(lambda: dispatch(job, now=now))
    return bool(begun)


def reconcile(*, now: datetime) -> None:
    """Give jobs of silent workers back, end those out of attempts, dispatch what waits too long."""
    silent = Job.objects.filter(
        state=Job.State.RUNNING, heartbeat_at__lt=now - timedelta(seconds=SILENT_SECONDS)
    )
    ended = silent.filter(attempts__gte=F("attempts_max")).update(
        state=Job.State.FAILED,
        stage="",
        lease=None,
        finished_at=now,
        error_code="attempts_exhausted",
        error_detail="The work was begun several times and never came to its end.",
    )
    given_back = silent.update(
        state=Job.State.QUEUED, stage="waiting to try again", percent=0, lease=None,
        heartbeat_at=None,
    )  # fmt: skip
    if ended or given_back:
        log.warning("silent_jobs", ended=ended, given_back=given_back)
    _dispatch_waiting(now)


def _dispatch_waiting(now: datetime) -> None:
    untouched = Q(heartbeat_at=None) | Q(heartbeat_at__lte=now - timedelta(seconds=SILENT_SECONDS))
    full_or_away: set[str] = set()
    for job in Job.objects.filter(untouched, state=Job.State.QUEUED).order_by("id")[:BATCH]:
        queue = queue_app().queue_of(job.task)
        if queue.name in full_or_away or not _has_waited(job, queue.retry, now):
            continue
        if not dispatch(job, now=now):
            full_or_away.add(queue.name)  # the next round tries again


def _has_waited(job: Job, retry: Retry, now: datetime) -> bool:
    """Tell whether to dispatch again: ever later, so that copies do not fill a long queue."""
    if job.heartbeat_at is None:
        return True
    age = (job.heartbeat_at - job.created_at).total_seconds()
    waiting = min(max(age, SILENT_SECONDS), WAIT_SECONDS_MAX)
    wait = _pause(job, retry) if job.attempts else waiting
    return now - job.heartbeat_at >= timedelta(seconds=wait)


def _pause(job: Job, retry: Retry) -> float:
    """Return the seconds before the next try: doubled each time; jobs of one moment scatter."""
    pause = max(retry.pause_seconds, SILENT_SECONDS) * (1 << (job.attempts - 1))
    jitter = random.Random(f"{job.public_id} {job.attempts}").uniform(1, 1 + JITTER)  # noqa: S311
    return min(pause, max(retry.pause_seconds_max, SILENT_SECONDS)) * jitter
