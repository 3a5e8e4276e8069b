"""Conversations and messages, as the learner sees them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from accounts.queries.learners import Learner
from chat.access import conversation_of
from chat.models import Conversation, Message

LIMIT_MAX = 100


class ShownMessage(TypedDict):
    """A message, in the form of MessageSerializer."""

    id: UUID
    position: int
    role: str
    intent: str
    state: str
    text: str
    extras: dict[str, Any]
    answered_by: str
    is_cached: bool
    code: str
    level: str
    place: int
    created_at: datetime
    ended_at: datetime | None


class ShownConversation(TypedDict):
    """A conversation, in the form of ConversationSerializer."""

    id: UUID
    title: str
    message_count: int
    event_count: int
    created_at: datetime
    said_at: datetime


def shown_conversation(conversation: Conversation) -> ShownConversation:
    """Return a conversation as its learner sees it."""
    return {
        "id": conversation.public_id,
        "title": conversation.title,
        "message_count": conversation.message_count,
        "event_count": conversation.event_count,
        "created_at": conversation.created_at,
        "said_at": conversation.said_at,
    }


def shown_message(message: Message) -> ShownMessage:
    """Return a message as its learner sees it; a reply's text is whole when it has ended."""
    return {
        "id": message.public_id,
        "position": message.position,
        "role": message.role,
        "intent": message.intent,
        "state": message.state,
        "text": message.text,
        "extras": message.extras,
        "answered_by": message.answered_by,
        "is_cached": message.answered_by not in {"", "model"},
        "code": message.code,
        "level": message.level,
        "place": message.place,
        "created_at": message.created_at,
        "ended_at": message.ended_at,
    }


def last_messages(
    learner: Learner, conversation_id: UUID, *, limit: int = 10, before: int | None = None
) -> Sequence[ShownMessage]:
    """Return the last messages, oldest first, or those ``before`` a position. Two queries."""
    conversation = conversation_of(learner, conversation_id)
    rows = Message.objects.filter(conversation=conversation)
    rows = rows.filter(position__lt=before) if before is not None else rows
    found = list(rows.order_by("-position")[: min(limit, LIMIT_MAX)])
    return [shown_message(message) for message in reversed(found)]
