"""Conversations: begun, named, deleted with all that was said in them."""

from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.queries.learners import Learner
from chat.access import conversation_of, conversations_of
from chat.models import Conversation
from config.errors import Conflict, Unavailable

CONVERSATIONS_MAX = 1000
log = structlog.get_logger(__name__)


class TooManyConversations(Conflict):
    """A learner has so many that one has to be deleted first."""

    code = "too_many_conversations"


@transaction.atomic
def begin_conversation(*, learner: Learner, title: str, now: datetime) -> Conversation:
    """Begin a conversation; TooManyConversations."""
    if conversations_of(learner).count() >= CONVERSATIONS_MAX:
        raise TooManyConversations(f"You have {CONVERSATIONS_MAX:,} conversations: delete some.")
    return Conversation.objects.create(user_id=learner.id, title=title, created_at=now, said_at=now)


@transaction.atomic
def name_conversation(*, learner: Learner, conversation_id: UUID, title: str) -> Conversation:
    """Give a conversation another title; ConversationNotFound."""
    conversation = conversation_of(learner, conversation_id, lock=True)
    conversation.title = title
    conversation.save(update_fields=["title"])
    return conversation


@transaction.atomic
def delete_conversation(*, learner: Learner, conversation_id: UUID) -> None:
    """Delete a conversation with its messages; ConversationNotFound."""
    conversation_of(learner, conversation_id, lock=True).delete()
    transaction.on_commit(partial(_forget_soon, learner.public_id, conversation_id))


def _forget_soon(learner_id: UUID, conversation_id: UUID) -> None:
    """Let Redis forget it too; what it keeps is in no prompt any more, and ends by itself."""
    names = {"learner_id": str(learner_id), "conversation_id": str(conversation_id)}
    try:
        current_app.send_task("chat.tasks.forget_conversation", kwargs=names, retry=False)
    except (OperationalError, Unavailable) as error:
        log.warning("conversation_not_forgotten", error=type(error).__name__)
