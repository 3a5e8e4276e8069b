"""What a learner does to a card besides answering it: put it aside, wake it, start it anew."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.queries.learners import Learner
from config.identifiers import new_public_id
from review.access import content_of
from review.commands.recording import RecordedReview, append, history_row, locked_card
from review.days import day_starts_at, local_moment
from review.models import ReviewHistory, ReviewSchedule
from review.replay import Fact
from review.states import effective_facts, is_late, merge


@transaction.atomic
def suspend(*, learner: Learner, content_id: UUID, now: datetime, siblings: bool = False) -> int:
    """Take a card out of reviews until it is woken; return how many cards that was."""
    cards = _cards(learner, content_id, siblings=siblings)
    return cards.filter(suspended_at=None).update(suspended_at=now)


@transaction.atomic
def unsuspend(*, learner: Learner, content_id: UUID, siblings: bool = False) -> int:
    """Wake a suspended or buried card; return how many cards that was."""
    cards = _cards(learner, content_id, siblings=siblings)
    asleep = cards.exclude(suspended_at=None, buried_until=None)
    return asleep.update(suspended_at=None, buried_until=None)


@transaction.atomic
def bury(*, learner: Learner, content_id: UUID, now: datetime, siblings: bool = False) -> int:
    """Hide a card until the learner's next day; return how many cards that was."""
    clock = (learner.time_zone, learner.rollover_hour)
    tomorrow = local_moment(now, *clock)[0] + timedelta(days=1)
    cards = _cards(learner, content_id, siblings=siblings)
    return cards.update(buried_until=day_starts_at(tomorrow, *clock))


@transaction.atomic
def reset(*, learner: Learner, content_id: UUID, now: datetime) -> RecordedReview:
    """Make a card new again by a fact of its own: its reviews still count, and undo works."""
    schedule, rules_id = locked_card(learner, content_id)
    fact = Fact(new_public_id(), None, now, rules_id)
    late = effective_facts(schedule)[schedule.pk] if is_late(schedule, [fact]) else None
    steps, state = merge(schedule, [fact], late)
    row = history_row(learner, schedule, fact, *steps[fact.public_id])
    row.kind = ReviewHistory.Kind.RESET
    return append(learner, schedule, row, state, now=now)


def _cards(learner: Learner, content_id: UUID, *, siblings: bool) -> QuerySet[ReviewSchedule]:
    """Return the card's schedule, and those of the cards made from the same note, locked."""
    content = content_of(learner, content_id)
    chosen = Q(content=content) | (Q(content__note_id=content.note_id) if siblings else Q())
    rows = ReviewSchedule.objects.filter(chosen, user_id=learner.id).order_by("content_id")
    locked = rows.select_for_update(of=("self",), no_key=True)  # in the order of all writers
    return ReviewSchedule.objects.filter(pk__in=list(locked.values_list("pk", flat=True)))
