"""What is planned: what was put off, and what an exam will find."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.queries.learners import Learner, learners
from review.access import cards_of
from review.days import local_moment
from review.plan_cards import Planning, planning_of
from review.plan_models import Plan
from review.plan_terms import predicted_recall
from review.queries.due import is_due
from review.read_models import RecentDay

_CAPPED = Q(reviews_a_day__isnull=False) | Q(new_a_day__isnull=False)
_AGAIN = timedelta(minutes=10)  # a plan with caps follows what was done and added meanwhile
_CHUNK = 200


def learners_to_plan(now: datetime) -> Iterator[Learner]:
    """Yield who has begun a day that is not planned, and who has caps.

    Read from the view of recent days: who reviews, or has caps, is planned for.
    """
    since = now.date() - timedelta(days=2)  # in every time zone
    active = RecentDay.objects.filter(local_day__gte=since).values_list("user_id", flat=True)
    capped = set(Plan.objects.filter(_CAPPED).values_list("user_id", flat=True))
    wanted = sorted(set(active) | capped)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        own = Plan.objects.filter(user_id__in=chunk, category=None)
        planned = {key: (day, at) for key, day, at in own.values_list(
            "user_id", "planned_on", "planned_at"
        )}  # fmt: skip
        for learner in learners(chunk):
            day, at = planned.get(learner.id, (None, None))
            today, _ = local_moment(now, learner.time_zone, learner.rollover_hour)
            is_old = at is None or (learner.id in capped and now - at >= _AGAIN)
            if day != today or is_old:
                yield learner


def plan_of(learner: Learner) -> Plan:
    """Return the learner's wishes; those of somebody who never said any."""
    return Plan.objects.filter(user_id=learner.id, category=None).first() or Plan()


def category_plan(learner: Learner, category_id: int) -> Plan:
    """Return what holds for a category besides, by its key."""
    found = Plan.objects.filter(user_id=learner.id, category_id=category_id).first()
    return found or Plan()


def outlook(learner: Learner, *, now: datetime) -> dict[str, Any]:
    """Return what is asked today, what is due and was put off, and what each exam will find.

    Nothing is hidden: what was put off is counted, and ``deferred_cards`` lists it.
    """
    cards = cards_of(learner.id)
    return {
        "due_count": cards.filter(is_due(now)).count(),
        "deferred_count": _deferred(learner, now).count(),
        "exams": _exams(learner, planning_of(learner, now, all_cards=True)),
    }


def _deferred(learner: Learner, now: datetime) -> Any:
    return cards_of(learner.id).filter(suspended_at=None, due_at__lte=now, planned_at__gt=now)


def deferred_cards(learner: Learner, *, now: datetime, limit: int) -> list[dict[str, Any]]:
    """Return the cards that are due and were put off under a cap, by the day they were put on."""
    rows = _deferred(learner, now).order_by("planned_at", "content_id")
    return [
        {"id": public_id, "front": front, "due_at": due_at, "planned_at": planned_at}
        for public_id, front, due_at, planned_at in rows.values_list(
            "content__public_id", "content__front", "due_at", "planned_at"
        )[:limit]
    ]


def _exams(learner: Learner, planning: Planning) -> list[dict[str, Any]]:
    """Return, for each exam to come, the share that will be recalled if the plan is followed."""
    names = dict(Plan.objects.filter(user_id=learner.id).values_list("pk", "category__public_id"))
    found = []
    for key, wish in planning.wishes.items():
        if wish.exam_on is None or wish.exam_on < planning.calendar.today:
            continue
        cards = [card for card in planning.cards if key in card.scopes]
        known = [card for card in cards if not card.is_new]
        today, exam_on = planning.calendar.today, wish.exam_on
        recalls = [predicted_recall(card, max(card.due_on, today), exam_on) for card in known]
        new, days = len(cards) - len(known), exam_on - today
        found.append(
            {
                "category": names[key],
                "exam_on": date.fromordinal(exam_on),
                "target": wish.exam_retention,
                "predicted_recall": sum(recalls) / len(recalls) if recalls else None,
                "card_count": len(known),
                "new_count": new,
                "new_a_day_needed": -(-new // days) if days else new,
            }
        )
    return found
