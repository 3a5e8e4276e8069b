"""The only way to fetch a row on behalf of a learner: another's row is as absent as none."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.queries.learners import Learner
from chat.models import Conversation, Fact, Message
from config.errors import NotFound


class ConversationNotFound(NotFound):
    """No such conversation of this learner."""

    code = "conversation_not_found"


class MessageNotFound(NotFound):
    """No such message in this conversation."""

    code = "message_not_found"


def conversations_of(learner: Learner) -> QuerySet[Conversation]:
    """Return the learner's conversations."""
    return Conversation.objects.filter(user_id=learner.id)


def conversation_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> Conversation:
    """Return one conversation, its row locked if ``lock``; ConversationNotFound."""
    rows = conversations_of(learner)
    rows = rows.select_for_update(no_key=True) if lock else rows
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise ConversationNotFound("You have no conversation with this id.")
    return found


def message_of(learner: Learner, conversation_id: UUID, public_id: UUID) -> Message:
    """Return one message of the learner's conversation; MessageNotFound."""
    found = (
        Message.objects.select_related("conversation")
        .filter(user_id=learner.id, conversation__public_id=conversation_id, public_id=public_id)
        .first()
    )
    if found is None:
        raise MessageNotFound("Your conversation has no message with this id.")
    return found


class FactNotFound(NotFound):
    """No such fact of this learner."""

    code = "fact_not_found"


def fact_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> Fact:
    """Return one thing that is remembered, its row locked if ``lock``; FactNotFound."""
    rows = Fact.objects.filter(user_id=learner.id, public_id=public_id)
    found = (rows.select_for_update(no_key=True) if lock else rows).first()
    if found is None:
        raise FactNotFound("Nothing with this id is remembered.")
    return found
