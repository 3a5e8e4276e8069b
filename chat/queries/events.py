"""A conversation's events after a number, in the form in which followers get them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.queries.learners import Learner
from chat.access import conversation_of
from chat.models import Event
from chat.queries.conversations import shown_message

BATCH = 500
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a follower stands: behind the event with this number of this conversation."""

    conversation_id: int
    public_id: UUID
    number: int


def position_of(learner: Learner, conversation_id: UUID, after: int | None) -> Position:
    """Return the position behind ``after``, or behind the last event; ConversationNotFound.

    A number that is not there yet is taken for the last one.
    """
    found = conversation_of(learner, conversation_id)
    number = found.event_count if after is None else min(after, found.event_count)
    return Position(found.pk, found.public_id, number)


def events_after(position: Position) -> list[Told]:
    """Return the next events in order, at most BATCH. One query.

    Chunks of replies that ended long ago are not there any more: their end has the whole text.
    """
    rows = Event.objects.filter(
        conversation_id=position.conversation_id, number__gt=position.number
    ).select_related("message")
    found = rows.order_by("number")[:BATCH]
    return [_told(position.public_id, event) for event in found]


def chunk(conversation_id: UUID, number: int, message_id: str, text: str) -> Told:
    """Return a chunk as followers get it."""
    return {
        "type": "chunk",
        "conversation": conversation_id,
        "number": number,
        "message": message_id,
        "text": text,
    }


def _told(conversation_id: UUID, event: Event) -> Told:
    message_id = str(event.message.public_id)
    if event.kind == Event.Kind.CHUNK:
        return chunk(conversation_id, event.number, message_id, event.text)
    return {
        "type": str(event.kind),
        "conversation": conversation_id,
        "number": event.number,
        "message": shown_message(event.message),
    }
