"""A unit of a job's work runs under a lease: whoever holds none any more stores nothing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.db import DatabaseError, connection
from django.db.models import F

from config.jobs.models import Job

HEARTBEAT_SECONDS = 5.0

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one delivery to work on one job."""

    job_id: UUID
    token: UUID


class LeaseLost(Exception):
    """The job was given to another delivery, has ended, or is gone: stop, and store nothing."""


def claim(*, job_id: UUID, now: datetime) -> Lease | None:
    """Take a queued job and count the attempt; None for whoever comes second."""
    lease = Lease(job_id, uuid4())
    taken = Job.objects.filter(public_id=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING,
        lease=lease.token,
        heartbeat_at=now,
        attempts=F("attempts") + 1,
        error_code="",
        error_detail="",
    )
    return lease if taken else None


def report(*, lease: Lease, stage: str, percent: int, now: datetime) -> None:
    """Tell how far the work is; raises LeaseLost."""
    _change(lease, stage=stage, percent=percent, heartbeat_at=now)


def finish(*, lease: Lease, now: datetime, result: dict[str, Any] | None = None) -> None:
    """End the job well; raises LeaseLost. ``result`` is JSON for the learner: counts, ids, notes.

    Call it first in the transaction that stores the result: it locks the job, so that the result is
    stored once.
    """
    _change(
        lease,
        state=Job.State.SUCCEEDED,
        stage="",
        percent=100,
        lease=None,
        finished_at=now,
        result=result,
    )


def fail(*, lease: Lease, code: str, detail: str, now: datetime) -> None:
    """End the job for good: trying again would not help; raises LeaseLost."""
    _change(
        lease,
        state=Job.State.FAILED,
        stage="",
        lease=None,
        finished_at=now,
        error_code=code,
        error_detail=detail,
    )


def put_back(*, lease: Lease, code: str, detail: str, now: datetime) -> None:
    """Give the job back to be tried again later, or end it after its last attempt."""
    has_attempts = Job.objects.filter(
        public_id=lease.job_id, lease=lease.token, attempts__lt=F("attempts_max")
    ).exists()
    if not has_attempts:
        fail(lease=lease, code=code, detail=detail, now=now)
        return
    _change(
        lease,
        state=Job.State.QUEUED,
        stage="waiting to try again",
        percent=0,
        lease=None,
        heartbeat_at=now,
        error_code=code,
        error_detail=detail,
    )


def hand_on(*, lease: Lease, now: datetime) -> None:
    """Give the job back for its next unit; attempts are counted anew, for this one got on."""
    _change(lease, state=Job.State.QUEUED, lease=None, heartbeat_at=now, attempts=0)


@contextmanager
def heartbeat(lease: Lease, clock: Clock) -> Iterator[None]:
    """Show every few seconds, from a thread, that the work is alive."""
    done = threading.Event()
    thread = threading.Thread(target=_beat, args=(lease, clock, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(lease: Lease, clock: Clock, done: threading.Event) -> None:
    while not done.wait(HEARTBEAT_SECONDS):
        try:
            _change(lease, heartbeat_at=clock())
        except LeaseLost:
            return  # the work finds out where it stores its result
        except DatabaseError as error:
            log.warning("heartbeat_not_stored", job=str(lease.job_id), exc_info=error)
        finally:
            connection.close()  # this thread's own


def _change(held: Lease, **fields: object) -> None:
    changed = Job.objects.filter(
        public_id=held.job_id, lease=held.token, state=Job.State.RUNNING
    ).update(**fields)
    if not changed:
        raise LeaseLost(str(held.job_id))
