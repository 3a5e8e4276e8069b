"""What queues and the clock ask of the tutor; config/celery.py has the schedule."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from chat import memory, writing
from chat.commands import batches, looking, upkeep


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


@shared_task(name="chat.tasks.look_at_message")
def look_at_message(*, user_id: int, message_id: str, **_later_fields: Any) -> None:
    """See ``looking.look_at_message``."""
    looking.look_at_message(user_id=user_id, message_id=UUID(message_id), now=timezone.now())


@shared_task(name="chat.tasks.catch_up")
def catch_up(**_later_fields: Any) -> None:
    """Look at messages, and answer questions of batches, that were lost on their way."""
    looking.look_at_unseen(now=timezone.now())
    batches.send_stale(now=timezone.now())


@shared_task(name="chat.tasks.analyse")
def analyse(*, user_id: int, message_count: int, **_later_fields: Any) -> None:
    """See ``looking.analyse``."""
    looking.analyse(user_id=user_id, message_count=message_count, now=timezone.now())


@shared_task(name="chat.tasks.answer_item")
def answer_item(*, item_id: int, **_later_fields: Any) -> None:
    """See ``batches.answer_item``."""
    batches.answer_item(item_id=item_id, now=timezone.now())


@shared_task(name="chat.tasks.forget_conversation")
def forget_conversation(*, learner_id: str, conversation_id: str, **_later_fields: Any) -> None:
    """Remove what Redis keeps of a deleted conversation."""
    memory.forget_history(UUID(learner_id), UUID(conversation_id))
