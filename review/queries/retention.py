"""What is recalled: after which intervals, with which button, at which hour.

Read from the rollup of hours and classes, with the fold's watermark.
"""

from typing import Any

from accounts.queries.learners import Learner
from review import projections
from review.queries.sums import NOTHING, shown
from review.ratings import Rating

# Days a card had been scheduled for, as sql/counted_fact.sql divides them; class 0 is learning.
INTERVAL_BOUNDS = (0, 7, 14, 21, 30, 60, 90, 180, 365)
_BY_CLASS = "SELECT interval_class, {sums} FROM exact GROUP BY 1"
_BY_HOUR = "SELECT local_hour, {sums} FROM exact GROUP BY 1"


def retention(learner: Learner) -> list[dict[str, Any]]:
    """Return reviews by the interval that lay before them, shortest first. One query.

    The first class, without bounds, is of cards in learning or relearning.
    """
    found = _by("interval_class", _BY_CLASS, learner)
    return [
        {**_bounds(number), **shown(sums := found.get(number, NOTHING)), "buttons": _buttons(sums)}
        for number in range(len(INTERVAL_BOUNDS) + 1)
    ]


def hourly(learner: Learner) -> list[dict[str, Any]]:
    """Return reviews by the hour of the learner's own clock, 0 to 23. One query."""
    found = _by("local_hour", _BY_HOUR, learner)
    return [{"hour": hour, **shown(found.get(hour, NOTHING))} for hour in range(24)]


def _by(key: str, select: str, learner: Learner) -> dict[int, dict[str, Any]]:
    rows = projections.exact("exact_hour_class", select, user_id=learner.id)
    return {row[key]: row for row in rows}


def _bounds(number: int) -> dict[str, int | None]:
    if number == 0:
        return {"from_days": None, "below_days": None}
    below = INTERVAL_BOUNDS[number] if number < len(INTERVAL_BOUNDS) else None
    return {"from_days": INTERVAL_BOUNDS[number - 1], "below_days": below}


def _buttons(sums: Any) -> dict[str, int]:
    return {rating.name.lower(): sums.get(f"{rating.name.lower()}_count", 0) for rating in Rating}
