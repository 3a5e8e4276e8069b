"""What the product shows of a learner, and the same counted from the facts alone."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from accounts.queries.learners import Learner
from review.access import categories_of
from review.days import local_moment
from review.queries.activity import activity
from review.queries.statistics import categories, dashboard
from review.queries.sums import shown
from review.read_models import SUMS

DAYS = 60
KINDS = ("dashboard", "categories", "activity")
Figures = dict[str, Any]
Row = tuple[int, date, dict[str, int]]
_REVIEWS = """
SELECT
    category_id, local_day, sum(sign),
    sum(sign) FILTER (WHERE rating = 1), sum(sign) FILTER (WHERE rating = 2),
    sum(sign) FILTER (WHERE rating = 3), sum(sign) FILTER (WHERE rating = 4),
    sum(sign * taken_ms::bigint)
FROM review_reviewhistory WHERE user_id = %s AND rating IS NOT NULL GROUP BY 1, 2
"""
_MOVES = """
SELECT
    category_id, local_day, sum(review_count),
    sum(again_count), sum(hard_count), sum(good_count), sum(easy_count), sum(taken_ms)
FROM review_reviewadjustment WHERE user_id = %s GROUP BY 1, 2
"""


def found(learner: Learner, kind: str, now: datetime) -> Figures:
    """Return what the product shows, by name: its own query, through the cache where it is used."""
    if kind == "dashboard":
        names = ("reviewed_today", "last_30_days", "streak_days")
        shown_now = dashboard(learner, now=now)
        return {name: shown_now[name] for name in names}
    if kind == "categories":
        return {
            f"{row['name']} {name}": row[name]
            for row in categories(learner, now=now)
            for name in ("last_30_days", "all_time")
        }
    return {str(row.pop("day")): row for row in activity(learner, days=DAYS, now=now)}


def expected(learner: Learner, kind: str, now: datetime) -> Figures:
    """Return the same from the history and the moves, which nothing has summed before."""
    today, _ = local_moment(now, learner.time_zone, learner.rollover_hour)
    if kind == "categories":
        return _categories(learner, today)
    reviews = list(_rows(_REVIEWS, learner))
    by_day = _summed(reviews, lambda _, day: day)
    if kind == "activity":
        days = (today - timedelta(days=before) for before in range(DAYS))
        return {str(day): shown(by_day[day]) for day in days}
    month = _summed(reviews, lambda _, day: _is_recent(day, today))
    return {
        "reviewed_today": shown(by_day[today]),
        "last_30_days": shown(month[True]),
        "streak_days": _streak(by_day, today),
    }


def differences(found: Figures, expected: Figures) -> dict[str, tuple[Any, Any]]:
    """Return what is over or under: the figure as shown and as counted, by name."""
    names = found.keys() | expected.keys()
    pairs = {name: (found.get(name), expected.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _categories(learner: Learner, today: date) -> Figures:
    rows = [*_rows(_REVIEWS, learner), *_rows(_MOVES, learner)]
    total = _summed(rows, lambda category, _: category)
    month = _summed(rows, lambda category, day: (category, _is_recent(day, today)))
    figures = {}
    for key, name in categories_of(learner).values_list("pk", "name"):
        figures[f"{name} last_30_days"] = shown(month[key, True])
        figures[f"{name} all_time"] = shown(total[key])
    return figures


def _rows(sql: str, learner: Learner) -> Iterator[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [learner.id])
        for category_id, day, *sums in cursor.fetchall():
            yield category_id, day, {n: int(v or 0) for n, v in zip(SUMS, sums, strict=True)}


def _summed(
    rows: list[Row], key: Callable[[int, date], Hashable]
) -> defaultdict[Hashable, dict[str, int]]:
    totals: defaultdict[Hashable, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    for category_id, day, sums in rows:
        for name, value in sums.items():
            totals[key(category_id, day)][name] += value
    return totals


def _is_recent(day: date, today: date) -> bool:
    return today - timedelta(days=29) <= day <= today


def _streak(by_day: defaultdict[Hashable, dict[str, int]], today: date) -> int:
    day = today if by_day[today]["review_count"] > 0 else today - timedelta(days=1)
    streak = 0
    while by_day[day]["review_count"] > 0:
        streak, day = streak + 1, day - timedelta(days=1)
    return streak
