"""Background work of the ocr app."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from ocr.commands import reading


@shared_task(name="ocr.tasks.read_scan")
def read_scan(*, job_id: str, scan_id: str, **_later_fields: Any) -> None:
    """See ``reading.read_scan``."""
    reading.read_scan(job_id=UUID(job_id), scan_id=UUID(scan_id), clock=timezone.now)
