"""What queues and the clock ask of the tutor; config/celery.py has the schedule."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from chat import writing
from chat.commands import upkeep


@shared_task(name="chat.tasks.write_reply")
def write_reply(*, job_id: str, reply_id: str, **_later_fields: Any) -> None:
    """See ``writing.write_reply``."""
    writing.write_reply(job_id=UUID(job_id), reply_id=UUID(reply_id), clock=timezone.now)


@shared_task(name="chat.tasks.end_lost_replies")
def end_lost_replies(**_later_fields: Any) -> None:
    """End replies that nobody writes any more."""
    upkeep.end_lost_replies(now=timezone.now())


@shared_task(name="chat.tasks.prune_chunks")
def prune_chunks(**_later_fields: Any) -> None:
    """Delete chunks of replies that ended long ago."""
    upkeep.prune_chunks(now=timezone.now())
