"""Conversations: begun, named, deleted with all that was said in them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.queries.learners import Learner
from chat.access import conversation_of, conversations_of
from chat.models import Conversation
from config.errors import Conflict

CONVERSATIONS_MAX = 1000


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
