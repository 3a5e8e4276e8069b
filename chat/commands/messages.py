"""A learner says something; the reply to it is promised by the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.queries.learners import Learner
from chat.access import conversation_of
from chat.announcing import announce
from chat.models import RUNNING, Conversation, Event, Message
from config.errors import Conflict
from config.jobs.dispatch import accept, admit

TASK = "chat.tasks.write_reply"
TEXT_MAX = 4000
Intent, Role, State = Message.Intent, Message.Role, Message.State


class ReplyInProgress(Conflict):
    """The tutor is still answering in this conversation."""

    code = "reply_in_progress"


class MessageIdTaken(Conflict):
    """The message's id was given to another message before."""

    code = "public_id_taken"


@dataclass(frozen=True, slots=True)
class Said:
    """What a learner says: ``intent`` empty lets the tutor decide which part of it answers."""

    public_id: UUID
    text: str
    intent: str = ""


def say(
    *, learner: Learner, conversation_id: UUID, said: Said, now: datetime
) -> tuple[Message, bool]:
    """Store a message and promise its reply; return the reply, and whether it was new.

    The same message under the same id is stored once and answered again, for ever. Raises
    ConversationNotFound, ReplyInProgress, MessageIdTaken, or QueueFull before anything is stored.
    """
    if earlier := _earlier(learner, conversation_id, said):
        return earlier, False
    admit(task=TASK)
    try:
        with transaction.atomic():
            conversation = conversation_of(learner, conversation_id, lock=True)
            if earlier := _earlier(learner, conversation_id, said):  # it came at the same moment
                return earlier, False
            if conversation.messages.filter(state__in=RUNNING).exists():
                raise ReplyInProgress("The tutor is still answering: wait, or cancel the reply.")
            return _store(conversation, said, now), True
    except IntegrityError as error:  # the id went to another conversation at the same moment
        if "one_message_an_id" not in str(error):
            raise
        raise MessageIdTaken("This id was given to another message.", field="id") from None


def _earlier(learner: Learner, conversation_id: UUID, said: Said) -> Message | None:
    rows = Message.objects.select_related("conversation", "reply__conversation")
    found = rows.filter(user_id=learner.id, public_id=said.public_id).first()
    if found is None:
        return None
    before = (found.conversation.public_id, found.role, found.text)
    if before != (conversation_id, Role.LEARNER, said.text):
        raise MessageIdTaken("This id was given to another message.", field="id")
    return found.reply


def _store(conversation: Conversation, said: Said, now: datetime) -> Message:
    position = conversation.message_count
    common = {"user_id": conversation.user_id, "conversation": conversation, "created_at": now}
    asked = Message.objects.create(
        **common,
        public_id=said.public_id,
        position=position + 1,
        role=Role.LEARNER,
        intent=said.intent,
        text=said.text,
        state=State.DONE,
        ended_at=now,
    )
    reply = Message.objects.create(
        **common,
        position=position + 2,
        role=Role.TUTOR,
        intent=said.intent,
        state=State.WAITING,
        reply_to=asked,
    )
    conversation.message_count, conversation.said_at = position + 2, now
    add_events(conversation, (asked, reply), Event.Kind.MESSAGE, now)
    accept(task=TASK, arguments={"reply_id": str(reply.public_id)}, user_id=conversation.user_id)
    return reply


def add_events(
    conversation: Conversation, messages: Sequence[Message], kind: Event.Kind, now: datetime
) -> None:
    """Add an event a message to a conversation whose row the caller has locked; announce them."""
    first = conversation.event_count + 1
    conversation.event_count += len(messages)
    conversation.save(update_fields=["event_count", "message_count", "said_at"])
    Event.objects.bulk_create(
        Event(conversation=conversation, message=message, number=number, kind=kind, created_at=now)
        for number, message in enumerate(messages, first)
    )
    announce(conversation.public_id, number=conversation.event_count)
