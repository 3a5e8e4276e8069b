"""What the charts show, as data: distributions, hardest cards, what was recalled, what comes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Max

from accounts.queries.learners import Learner
from config.cache import kept_or_made
from config.errors import NotFound
from review.access import cards_of, category_of, contents_of, facts_seq
from review.answer_logs import answer_log, habits_of
from review.days import local_moment
from review.models import LearnerClock
from review.parameters import chosen, parameters
from review.plan_models import Plan
from review.queries.activity import activity
from review.queries.contents import category_and_below
from review.queries.retention import retention
from review.workload import Deck, Floats, Rules, forecast, retrievability

YEAR_DAYS = 365
_DAY_SECONDS = 86_400
HARDEST = 50
FORECAST_SECONDS = 3600
STABILITY_BOUNDS = (0, 1, 3, 7, 14, 30, 60, 120, 240, 365, 730)
FORECAST_DAYS = (30, 90, 365)


class ChartNotFound(NotFound):
    """There is no such chart."""

    code = "chart_not_found"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of what to make a chart: whose cards, of which category, seen when, how far ahead."""

    learner: Learner
    now: datetime
    category_id: UUID | None = None
    days: int = 30


def chart(name: str, wanted: Wanted) -> dict[str, Any]:
    """Return the chart's data; ChartNotFound, CategoryNotFound.

    What was recalled and the year are of all categories.
    """
    if name not in CHARTS:
        raise ChartNotFound(f"Charts: {', '.join(sorted(CHARTS))}.")
    if wanted.category_id is not None:
        category_of(wanted.learner, wanted.category_id)
    return CHARTS[name](wanted)


def _schedules(wanted: Wanted) -> Any:
    rows = cards_of(wanted.learner.id)
    if wanted.category_id is not None:
        below = category_and_below(wanted.learner, wanted.category_id)
        rows = rows.filter(content__category_id__in=below)
    return rows


def _reviewed(wanted: Wanted) -> Any:
    return _schedules(wanted).filter(stability__isnull=False, reviewed_at__isnull=False)


def _difficulty(wanted: Wanted) -> dict[str, Any]:
    found = np.array(list(_reviewed(wanted).values_list("difficulty", flat=True)), float)
    counts, _ = np.histogram(found, bins=np.arange(1, 11.0))
    bins = [
        {"from": low, "below": low + 1, "label": f"{low}-{low + 1}", "count": int(count)}
        for low, count in zip(range(1, 10), counts, strict=True)
    ]
    return {"bins": bins, "mean": _mean(found), "note": f"mean {_mean(found) or 0:.1f}"}


def _stability(wanted: Wanted) -> dict[str, Any]:
    found = np.array(list(_reviewed(wanted).values_list("stability", flat=True)), float)
    counts, _ = np.histogram(found, bins=[*STABILITY_BOUNDS, np.inf])
    uppers: list[int | None] = [*STABILITY_BOUNDS[1:], None]
    bins = [
        {"from": low, "below": high, "label": _span(low, high), "count": int(count)}
        for low, high, count in zip(STABILITY_BOUNDS, uppers, counts, strict=True)
    ]
    median = float(np.median(found)) if len(found) else None
    return {"bins": bins, "median": median, "note": f"median {median or 0:,.0f} days"}


def _span(low: int, high: int | None) -> str:
    if high is None:
        return f"{low}+"
    return "<1" if low == 0 else f"{low}-{high}"


def _retrievability(wanted: Wanted) -> dict[str, Any]:
    recalls = np.concatenate([np.empty(0), *(_recalls(part) for part in _parts(wanted))])
    counts, _ = np.histogram(recalls, bins=np.linspace(0, 1, 21))
    bins = [
        {
            "from": place / 20,
            "below": (place + 1) / 20,
            "label": f"{place * 5} %",
            "count": int(count),
        }
        for place, count in enumerate(counts)
    ]
    note = f"{recalls.sum():,.0f} recalled" if len(recalls) else ""
    return {"bins": bins, "mean": _mean(recalls), "recalled": float(recalls.sum()), "note": note}


def _recalls(part: tuple[Deck, Rules]) -> Floats:
    deck, rules = part
    return retrievability(rules.weights, deck.stability, -deck.reviewed)


def _parts(wanted: Wanted) -> list[tuple[Deck, Rules]]:
    """Return the reviewed cards as decks with rules of their own, in days from now. Two queries."""
    learner = wanted.learner
    of_learner = (
        LearnerClock.objects.filter(user_id=learner.id)
        .values_list("parameters_id", flat=True)
        .first()
    )
    rows = _reviewed(wanted).order_by("content_id").values_list(
        "content__category__applied_parameters_id", "stability", "difficulty", "reviewed_at",
        "planned_at",
    )  # fmt: skip
    groups: dict[int, list[Any]] = {}
    for of_category, *memory in rows:
        groups.setdefault(chosen(of_category, of_learner), []).append(memory)
    found = []
    for rules_id, cards in sorted(groups.items()):
        rules, (stability, difficulty, reviewed, planned) = (
            parameters(rules_id),
            zip(*cards, strict=True),
        )
        deck = Deck(
            np.array(stability, float),
            np.array(difficulty, float),
            _days(reviewed, wanted.now),
            _days(planned, wanted.now),
        )
        found.append(
            (
                deck,
                Rules(
                    rules.weights,
                    rules.desired_retention,
                    rules.maximum_interval_days,
                    rules.is_fuzzed,
                ),
            )
        )
    return found


def _days(moments: Iterable[datetime], now: datetime) -> Any:
    seconds = np.array([moment.timestamp() for moment in moments]) - now.timestamp()
    return (seconds / _DAY_SECONDS).astype(np.int64)


def _hardest(wanted: Wanted) -> dict[str, Any]:
    rows = _reviewed(wanted).order_by("-difficulty", "-lapses", "content_id")
    names = ("content__public_id", "content__front", "difficulty", "lapses", "reps")
    return {
        "cards": [
            {"id": public_id, "front": front, **dict(zip(names[2:], rest, strict=True))}
            for public_id, front, *rest in rows.values_list(*names)[:HARDEST]
        ]
    }


def _retention_curve(wanted: Wanted) -> dict[str, Any]:
    clock = LearnerClock.objects.filter(user_id=wanted.learner.id)
    of_learner = clock.values_list("parameters_id", flat=True).first()
    classes = [
        {"label": _class_label(each), **each}
        for each in retention(wanted.learner)
        if each["from_days"] is not None
    ]
    wished = parameters(chosen(None, of_learner)).desired_retention
    return {"classes": classes, "desired_retention": wished}


def _class_label(each: Mapping[str, Any]) -> str:
    low, high = each["from_days"], each["below_days"]
    return f"{low}+" if high is None else f"{low}-{high}"


def _forecast(wanted: Wanted) -> dict[str, Any]:
    """Return what comes, by chance as FSRS sees it; kept for an hour, for it is a second's work."""
    learner = wanted.learner
    today, _ = local_moment(wanted.now, learner.time_zone, learner.rollover_hour)
    newest = contents_of(learner).aggregate(last=Max("pk"))["last"]
    own = Plan.objects.filter(user_id=learner.id, category=None).first() or Plan()
    version = facts_seq(learner), newest, today, own.planned_at, wanted.category_id, wanted.days
    key = f"forecast:{learner.id}:{'/'.join(map(str, version))}".replace(" ", "_")
    rows = kept_or_made(key, FORECAST_SECONDS, lambda: _foreseen(wanted, own))
    names = ("expected", "low", "high")
    days = [
        {"day": today + timedelta(days=offset), **dict(zip(names, row, strict=True))}
        for offset, row in enumerate(rows)
    ]
    return {"days": days, "total": sum(row[0] for row in rows)}


def _foreseen(wanted: Wanted, own: Plan) -> list[tuple[float, float, float]]:
    parts = _parts(wanted)
    new_count = _schedules(wanted).filter(stability=None).count()
    if own.new_a_day and new_count:  # without a cap nobody knows when they will be begun
        base = parts[0][1] if parts else Rules()
        fresh = Rules(
            base.weights, base.desired_retention, base.maximum_interval_days,
            new_a_day=own.new_a_day,
        )  # fmt: skip
        parts.append((Deck.of_new(new_count), fresh))
    habits = habits_of(answer_log(wanted.learner))
    columns = forecast(parts, habits, days=wanted.days, seed=wanted.learner.id)
    return [
        (float(expected), float(low), float(high))
        for expected, low, high in zip(*(np.round(each, 1) for each in columns), strict=True)
    ]


def _activity(wanted: Wanted) -> dict[str, Any]:
    return {"days": activity(wanted.learner, days=YEAR_DAYS, now=wanted.now)}


def _mean(found: Any) -> float | None:
    return float(found.mean()) if len(found) else None


CHARTS: Mapping[str, Callable[[Wanted], dict[str, Any]]] = {
    "difficulty": _difficulty,
    "stability": _stability,
    "retrievability": _retrievability,
    "hardest": _hardest,
    "retention-curve": _retention_curve,
    "forecast": _forecast,
    "activity": _activity,
}
