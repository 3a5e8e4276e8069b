"""A learner's cards, wishes and days, as the pure planning sees them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q

from accounts.queries.learners import Learner
from review.access import cards_of
from review.days import day_starts_at, local_moment
from review.levelling import HORIZON_DAYS
from review.models import Category, LearnerClock, ReviewHistory, Stage
from review.parameters import chosen, parameters
from review.plan_models import Plan
from review.plan_terms import Calendar, PlanCard, Wishes, window
from review.planning import EXAM_DAYS

_ROW = (
    "content_id", "content__category_id", "content__category__applied_parameters_id", "stage",
    "due_at", "planned_at", "reviewed_at", "stability", "difficulty",
)  # fmt: skip
_WIDEST_DAYS = 16  # half a window at the horizon, generously


class Stored(NamedTuple):
    """When a card is due, and when it is asked as of now."""

    due_at: datetime
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class Planning:
    """All that a plan is made of."""

    cards: list[PlanCard]
    wishes: dict[int, Wishes]
    calendar: Calendar
    stored: dict[int, Stored]
    today_at: datetime

    def is_capped(self, card: PlanCard) -> bool:
        """Tell whether a cap holds for the card."""
        found = (self.wishes[scope] for scope in card.scopes)
        return any(
            (wish.new_a_day if card.is_new else wish.reviews_a_day) is not None for wish in found
        )


def planning_of(learner: Learner, now: datetime, *, all_cards: bool = False) -> Planning:
    """Return what the learner's plan is made of: cards to come, or all of them. Five queries.

    Cards in learning are not planned: their steps are minutes.
    """
    clock = learner.time_zone, learner.rollover_hour
    today, _ = local_moment(now, *clock)
    plans = list(Plan.objects.filter(user_id=learner.id).order_by("pk"))
    scopes = _scopes(learner, plans)
    done = _done(learner, today, now)
    wishes = {plan.pk: _wishes(plan, done, scopes) for plan in plans}
    own = next((plan for plan in plans if plan.category_id is None), Plan())
    reviews = sum(count for (_, is_new), count in done.items() if not is_new)
    calendar = replace(_calendar(own, today), done=reviews)
    has_exam = any(
        wish.exam_on and 0 < wish.exam_on - calendar.today <= EXAM_DAYS for wish in wishes.values()
    )
    rows = _rows(learner, now, all_cards=all_cards or has_exam)
    cards, stored = _cards(learner, rows, scopes, is_levelled=own.is_levelled)
    return Planning(cards, wishes, calendar, stored, day_starts_at(today, *clock))


def _calendar(own: Plan, today: date) -> Calendar:
    away = None
    if own.away_from and own.away_until:
        away = own.away_from.toordinal(), own.away_until.toordinal()
    return Calendar(today.toordinal(), tuple(own.day_shares), away)


def _wishes(
    plan: Plan, done: Mapping[tuple[int, bool], int], scopes: Mapping[int, tuple[int, ...]]
) -> Wishes:
    counts: Counter[bool] = Counter()
    for (category_id, is_new), count in done.items():
        if plan.pk in scopes.get(category_id, ()):
            counts[is_new] += count
    return Wishes(
        reviews_a_day=plan.reviews_a_day,
        new_a_day=plan.new_a_day,
        exam_on=plan.exam_on.toordinal() if plan.exam_on else None,
        exam_retention=plan.exam_retention,
        reviews_done=counts[False],
        new_done=counts[True],
    )


def _scopes(learner: Learner, plans: Iterable[Plan]) -> dict[int, tuple[int, ...]]:
    """Return, by category, the keys of the plans that hold for its cards."""
    own = tuple(plan.pk for plan in plans if plan.category_id is None)
    by_category = {plan.category_id: plan.pk for plan in plans if plan.category_id}
    rows = Category.objects.filter(user_id=learner.id).values_list("id", "parent_id")
    parents = dict(rows)
    found: dict[int, tuple[int, ...]] = {}
    for category_id in parents:
        above: int | None = category_id
        held = list(own)
        while above is not None:
            held += [by_category[above]] if above in by_category else []
            above = parents[above]
        found[category_id] = tuple(held)
    return found


def _done(learner: Learner, today: date, now: datetime) -> dict[tuple[int, bool], int]:
    """Return today's answers by category, and whether the card was new; learning left out."""
    rows = (
        ReviewHistory.objects.filter(
            content__schedule__user_id=learner.id,  # by the cards of today: facts have no other way
            content__schedule__reviewed_at__gte=now - timedelta(days=2),
            local_day=today,
            sign=1,
            undos=None,
            rating__isnull=False,
            stage_before__in=(Stage.NEW, Stage.REVIEW),
        )
        .values_list("category_id", "stage_before")
        .annotate(count=Count("pk"))
    )
    return {(category_id, stage == Stage.NEW): count for category_id, stage, count in rows}


def _rows(learner: Learner, now: datetime, *, all_cards: bool) -> list[Any]:
    rows = cards_of(learner.id).filter(suspended_at=None, stage__in=(Stage.NEW, Stage.REVIEW))
    if not all_cards:
        near = now + timedelta(days=HORIZON_DAYS + _WIDEST_DAYS)
        rows = rows.filter(Q(due_at__lt=near) | Q(placed_for__isnull=False))
    return list(rows.order_by("content_id").values_list(*_ROW))


def _cards(
    learner: Learner,
    rows: Iterable[Any],
    scopes: Mapping[int, tuple[int, ...]],
    *,
    is_levelled: bool,
) -> tuple[list[PlanCard], dict[int, Stored]]:
    clock = LearnerClock.objects.filter(user_id=learner.id)
    of_learner = clock.values_list("parameters_id", flat=True).first()
    days: dict[datetime, int] = {}

    def day_of(instant: datetime) -> int:
        hour = instant.replace(minute=instant.minute // 15 * 15, second=0, microsecond=0)
        if hour not in days:  # no clock is set between quarters
            day, _ = local_moment(instant, learner.time_zone, learner.rollover_hour)
            days[hour] = day.toordinal()
        return days[hour]

    cards, stored = [], {}
    for key, category_id, of_category, stage, due_at, planned_at, reviewed_at, *memory in rows:
        stored[key] = Stored(due_at, planned_at)
        rules = parameters(chosen(of_category, of_learner))
        due_on, held = day_of(due_at), scopes.get(category_id, ())
        if stage == Stage.NEW or reviewed_at is None:
            cards.append(PlanCard(key, due_on, (due_on, due_on), held, rules.model))
            continue
        stability, difficulty = memory
        days_wide = (due_on, due_on)
        if is_levelled and rules.is_fuzzed:
            interval = (due_at - reviewed_at).days
            lowest, highest = window(rules.model, stability, interval, rules.maximum_interval_days)
            days_wide = due_on + lowest - interval, due_on + highest - interval
        reviewed_on = day_of(reviewed_at)
        cards.append(
            PlanCard(key, due_on, days_wide, held, rules.model, reviewed_on, stability, difficulty)
        )
    return cards, stored
