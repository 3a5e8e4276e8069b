"""A reply is begun, gets longer chunk by chunk, and ends once; the database decides who may.

Only the delivery that has begun a reply writes it. Each chunk is one statement: it checks that,
takes the conversation's next number and stores the text, so that followers can go on after any
number and miss or double nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from accounts.queries.learners import Learner
from chat import metrics
from chat.access import message_of
from chat.announcing import announce
from chat.commands.messages import add_events
from chat.models import RUNNING, Conversation, Event, Message

State = Message.State
_ADD_CHUNK = """
WITH own AS (
    SELECT id, conversation_id FROM chat_message
    WHERE id = %s AND state = 'writing' AND writer = %s FOR NO KEY UPDATE
), next AS (
    UPDATE chat_conversation c SET event_count = event_count + 1
    FROM own WHERE c.id = own.conversation_id RETURNING c.id, c.event_count
)
INSERT INTO chat_event (conversation_id, message_id, number, kind, text, created_at)
SELECT next.id, own.id, next.event_count, 'chunk', %s, %s FROM next, own RETURNING number
"""


class NotOurs(Exception):
    """The reply was cancelled, deleted or given to another delivery: stop, and store nothing."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a reply ends: ``answered_by`` as models say, ``code`` why a template stands in."""

    state: str = State.DONE
    intent: str = Message.Intent.CHAT
    answered_by: str = ""
    code: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)
    level_share: float | None = None


@transaction.atomic
def begin_reply(*, reply_id: UUID, writer: UUID, now: datetime) -> Message | None:
    """Return the reply, now the writer's; None when there is nothing more to write.

    What a delivery that died has left is taken over, or, with chunks in it, ends as it is: what a
    learner has read is not written differently.
    """
    rows = Message.objects.select_for_update(no_key=True).filter(public_id=reply_id)
    reply = rows.filter(role=Message.Role.TUTOR, state__in=RUNNING).first()
    if reply is None:
        return None
    if reply.events.filter(kind=Event.Kind.CHUNK).exists():
        end_locked(
            reply, Ending(State.CUT, reply.intent or "chat", reply.answered_by, "cut_short"), now
        )
        return None
    reply.state, reply.writer = State.WRITING, writer
    reply.save(update_fields=["state", "writer"])
    return reply


def add_chunk(*, reply: Message, text: str, now: datetime) -> int:
    """Store the next chunk and return its number; NotOurs."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD_CHUNK, [reply.pk, reply.writer, text, now])
        row = cursor.fetchone()
    if row is None:
        raise NotOurs
    metrics.CHUNKS.inc()
    conversation = reply.conversation.public_id
    announce(conversation, number=row[0], message=str(reply.public_id), text=text)
    return int(row[0])


def tell_place(*, reply: Message, place: int) -> None:
    """Note the reply's place in the models' queue, 0 for none any more, and tell it."""
    Message.objects.filter(pk=reply.pk, writer=reply.writer).update(place=place)
    announce(reply.conversation.public_id, message=str(reply.public_id), place=place)


@transaction.atomic
def end_reply(*, reply: Message, ending: Ending, now: datetime) -> None:
    """End the reply with what was written; NotOurs."""
    rows = Message.objects.select_for_update(no_key=True)
    own = rows.filter(pk=reply.pk, state=State.WRITING, writer=reply.writer).first()
    if own is None:
        raise NotOurs
    end_locked(own, ending, now)


@transaction.atomic
def cancel_reply(
    *, learner: Learner, conversation_id: UUID, message_id: UUID, now: datetime
) -> Message:
    """End a reply with what was written of it; one that has ended stays. MessageNotFound."""
    message = message_of(learner, conversation_id, message_id)
    running = Q(pk=message.pk, role=Message.Role.TUTOR, state__in=RUNNING)
    reply = Message.objects.select_for_update(no_key=True).filter(running).first()
    if reply is None:
        return message
    end_locked(reply, Ending(State.CANCELLED, reply.intent or "chat", reply.answered_by), now)
    return reply


def end_locked(reply: Message, ending: Ending, now: datetime) -> None:
    """End a running reply whose row the caller has locked."""
    chunks = reply.events.filter(kind=Event.Kind.CHUNK).order_by("number")
    reply.text = "".join(chunks.values_list("text", flat=True))
    reply.state, reply.intent = ending.state, ending.intent
    reply.answered_by, reply.code = ending.answered_by, ending.code
    reply.extras, reply.level_share = dict(ending.extras), ending.level_share
    reply.ended_at, reply.writer, reply.place = now, None, 0
    reply.save()
    metrics.REPLIES.labels(reply.intent, reply.state, reply.answered_by).inc()
    locked = Conversation.objects.select_for_update(no_key=True).get(pk=reply.conversation_id)
    add_events(locked, [reply], Event.Kind.END, now)
