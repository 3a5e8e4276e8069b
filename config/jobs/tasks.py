"""The clock of the jobs."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from config.jobs import dispatch


@shared_task(name="config.jobs.tasks.reconcile")
def reconcile(**_later_fields: Any) -> None:
    """See ``dispatch.reconcile``; beat runs it every few seconds."""
    dispatch.reconcile(now=timezone.now())
