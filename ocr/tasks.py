"""Background work of the ocr app."""

from typing import Any
from uuid import UUID

from celery import Task, shared_task
from django.utils import timezone

from ocr.commands import files, reading

COPIES_WAIT_SECONDS, COPIES_WAIT_MAX = 10, 30


@shared_task(name="ocr.tasks.read_scan")
def read_scan(*, job_id: str, scan_id: str, **_later_fields: Any) -> None:
    """See ``reading.read_scan``."""
    reading.read_scan(job_id=UUID(job_id), scan_id=UUID(scan_id), clock=timezone.now)


@shared_task(name="ocr.tasks.make_copies", bind=True, max_retries=COPIES_WAIT_MAX)
def make_copies(self: "Task[Any, Any]", /, *, scan_id: str, **_later_fields: Any) -> None:
    """See ``files.make_copies``; after the pages that wait to be read, or in five minutes."""
    if self.request.retries < COPIES_WAIT_MAX and reading.is_wanted():
        raise self.retry(countdown=COPIES_WAIT_SECONDS)
    files.make_copies(scan_id=UUID(scan_id))


@shared_task(name="ocr.tasks.prune_originals")
def prune_originals(**_later_fields: Any) -> None:
    """See ``files.prune_originals``."""
    files.prune_originals(now=timezone.now())


@shared_task(name="ocr.tasks.sweep")
def sweep(**_later_fields: Any) -> None:
    """See ``files.sweep``."""
    files.sweep(now=timezone.now())
