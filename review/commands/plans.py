"""How a learner's reviews are spread over their days: wishes, and the days that follow."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.queries.learners import Learner
from config.errors import Invalid
from review.access import category_of
from review.days import day_starts_at, local_moment
from review.plan_cards import Planning, planning_of
from review.plan_models import Plan
from review.plan_terms import Place, PlanCard
from review.planning import plan

CATEGORY_FIELDS = ("reviews_a_day", "new_a_day", "exam_on", "exam_retention")
FIELDS = ("is_levelled", "is_optimised", "day_shares", "away_from", "away_until", *CATEGORY_FIELDS)
_PLACE = """
WITH new AS (
    SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[])
        AS place (content_id, due_at, placed_at)
), locked AS (  -- in the order of all writers; whoever is being answered now is planned next time
    SELECT content_id, new.due_at, new.placed_at
    FROM review_reviewschedule AS schedule JOIN new USING (content_id)
    WHERE schedule.due_at = new.due_at
    ORDER BY content_id
    FOR NO KEY UPDATE OF schedule SKIP LOCKED
)
UPDATE review_reviewschedule AS schedule SET
    placed_at = locked.placed_at,
    placed_for = CASE WHEN locked.placed_at IS NOT NULL THEN locked.due_at END
FROM locked WHERE schedule.content_id = locked.content_id
"""


class NeverBack(Invalid):
    """An absence ends on the day it begins or later, and has both."""

    code = "absence_without_end"


def change_plan(*, learner: Learner, changes: Mapping[str, Any], now: datetime) -> None:
    """Change what the learner wishes, and plan anew.

    Raises NeverBack.
    """
    with transaction.atomic():
        own = Plan.objects.select_for_update(no_key=True)
        row, _ = own.get_or_create(user_id=learner.id, category=None)
        for name, value in changes.items():
            setattr(row, name, value)
        if (row.away_from is None) != (row.away_until is None) or (
            row.away_from and row.away_until and row.away_until < row.away_from
        ):
            raise NeverBack("Give the first day and the last.", field="away_until")
        row.save(update_fields=list(changes))
    place_cards(learner=learner, now=now)


def change_category_plan(
    *, learner: Learner, category_id: UUID, changes: Mapping[str, Any], now: datetime
) -> Plan:
    """Change what holds for a category and all below it besides, and plan anew.

    Raises CategoryNotFound.
    """
    with transaction.atomic():
        category = category_of(learner, category_id, lock=True)
        row, _ = Plan.objects.get_or_create(user_id=learner.id, category=category)
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(update_fields=list(changes))
    place_cards(learner=learner, now=now)
    return row


def forget_category_plan(*, learner: Learner, category_id: UUID, now: datetime) -> None:
    """Let only the learner's own wishes, and those of categories above, hold. Twice is once.

    Raises CategoryNotFound.
    """
    with transaction.atomic():
        category = category_of(learner, category_id, lock=True)
        Plan.objects.filter(user_id=learner.id, category=category).delete()
    place_cards(learner=learner, now=now)


def place_cards(*, learner: Learner, now: datetime) -> None:
    """Give each card its day, as the cards and wishes are now."""
    planning = planning_of(learner, now)
    found = plan(planning.cards, planning.wishes, planning.calendar)
    changes = list(_changes(learner, planning, found))
    today, _ = local_moment(now, learner.time_zone, learner.rollover_hour)
    with transaction.atomic():
        if changes:
            with connection.cursor() as cursor:
                cursor.execute(_PLACE, [list(column) for column in zip(*changes, strict=True)])
        planned = {"planned_on": today, "planned_at": now}
        Plan.objects.update_or_create(user_id=learner.id, category=None, defaults=planned)


def _changes(
    learner: Learner, planning: Planning, found: Mapping[int, Place]
) -> Iterator[tuple[int, datetime, datetime | None]]:
    """Yield the key, due date and moment of each card whose moment is another now."""
    starts: dict[int, datetime] = {planning.calendar.today: planning.today_at}
    for card in planning.cards:
        place, stored = found[card.key], planning.stored[card.key]
        at = stored.due_at
        if not _stays(planning, card, place):
            if place.day not in starts:
                starts[place.day] = _starts_at(learner, planning, place.day)
            at = starts[place.day] + timedelta(milliseconds=place.rank)
        if at != stored.planned_at:
            yield card.key, stored.due_at, at if at != stored.due_at else None


def _stays(planning: Planning, card: PlanCard, place: Place) -> bool:
    """Tell whether the card is asked when it is due; today's order is that of a plan with caps."""
    today = planning.calendar.today
    if place.day == today and card.due_on <= today:
        return not planning.is_capped(card)
    return place.day == card.due_on


def _starts_at(learner: Learner, planning: Planning, day: int) -> datetime:
    shown = local_moment(planning.today_at, learner.time_zone, learner.rollover_hour)[0]
    ahead = timedelta(days=day - planning.calendar.today)
    return day_starts_at(shown + ahead, learner.time_zone, learner.rollover_hour)
