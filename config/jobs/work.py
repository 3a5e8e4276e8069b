"""How a task does one unit of a job."""

from collections.abc import Callable
from uuid import UUID

import structlog
from django.db import transaction

from config.jobs.dispatch import dispatch
from config.jobs.leases import Clock, Lease, LeaseLost, claim, fail, hand_on, heartbeat, put_back
from config.jobs.models import Job

log = structlog.get_logger(__name__)


class CannotBeDone(Exception):
    """Raised by the work: the job fails now, with a code for programs and a sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class TryAgainLater(CannotBeDone):
    """Raised by the work: a part it needs is away, the job is tried again in a while."""


class MoreToDo(Exception):
    """Raised by the work: it got on, and the rest is another unit's."""


def do_unit(*, job_id: UUID, work: Callable[[Lease], None], clock: Clock) -> None:
    """Do the work under a lease, once: a second delivery of the same job does nothing.

    What the work raises unexpectedly puts the job back and is raised again.
    """
    lease = claim(job_id=job_id, now=clock())
    if lease is None:
        log.info("job_not_claimed", job=str(job_id))
        return
    try:
        with heartbeat(lease, clock):
            _attempt(lease, work, clock)
    except LeaseLost:
        log.warning("lease_lost", job=str(job_id))


def _attempt(lease: Lease, work: Callable[[Lease], None], clock: Clock) -> None:
    try:
        work(lease)
    except LeaseLost:
        raise
    except MoreToDo:
        now = clock()
        hand_on(lease=lease, now=now)
        job = Job.objects.get(public_id=lease.job_id)
        transaction.on_commit(lambda: dispatch(job, now=now))
    except TryAgainLater as error:
        put_back(lease=lease, code=error.code, detail=error.detail, now=clock())
    except CannotBeDone as error:
        fail(lease=lease, code=error.code, detail=error.detail, now=clock())
    except Exception:
        detail = "Something went wrong on our side; it has been logged."
        put_back(lease=lease, code="error", detail=detail, now=clock())
        raise
