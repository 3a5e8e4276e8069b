"""What is read aloud, and what is forgotten again."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from config.speech import commands


@shared_task(name=commands.TASK)
def speak(*, job_id: str, speech_id: str, **_later_fields: Any) -> None:
    """See ``commands.speak``."""
    commands.speak(job_id=UUID(job_id), speech_id=UUID(speech_id), clock=timezone.now)


@shared_task(name="config.speech.tasks.prune")
def prune(**_later_fields: Any) -> None:
    """See ``commands.prune``."""
    commands.prune(now=timezone.now())
