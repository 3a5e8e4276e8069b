"""What the clock asks: replies that nobody writes any more end, old chunks go."""

from datetime import datetime, timedelta

from django.db import transaction

from chat.commands.replies import Ending, end_locked
from chat.models import RUNNING, Event, Message
from config.retention import kept

LOST = timedelta(minutes=10)


def end_lost_replies(*, now: datetime, at_most: int = 200) -> int:
    """End replies whose writer is gone for good and return how many; the learner can go on."""
    rows = Message.objects.filter(state__in=RUNNING, created_at__lte=now - LOST)
    return sum(_end(key, now) for key in rows.values_list("pk", flat=True)[:at_most])


def prune_chunks(*, now: datetime) -> int:
    """Delete the chunks of replies that ended long ago and return how many."""
    old = Event.objects.filter(kind=Event.Kind.CHUNK, message__ended_at__lt=now - kept("chunks"))
    return old.delete()[0]


@transaction.atomic
def _end(key: int, now: datetime) -> bool:
    rows = Message.objects.select_for_update(no_key=True).filter(pk=key, state__in=RUNNING)
    reply = rows.first()
    if reply is None:
        return False
    intent = reply.intent or Message.Intent.CHAT
    end_locked(reply, Ending(Message.State.CUT, intent, reply.answered_by, "lost"), now)
    return True
