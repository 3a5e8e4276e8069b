"""The clock of the jobs."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from config.jobs import canaries, dispatch


@shared_task(name="config.jobs.tasks.reconcile")
def reconcile(**_later_fields: Any) -> None:
    """See ``dispatch.reconcile``; beat runs it every few seconds."""
    dispatch.reconcile(now=timezone.now())


@shared_task(name="config.jobs.tasks.canary")
def canary(*, worker: str, **_later_fields: Any) -> None:
    """See ``canaries``."""
    canaries.sing(worker=worker, now=timezone.now())
