"""The exact read against a recount of the facts, row by row and in Python."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from accounts.queries.learners import Learner
from review import projections
from review.models import ReviewAdjustment, ReviewHistory
from review.queries.activity import activity
from review.queries.retention import INTERVAL_BOUNDS, hourly, retention
from review.queries.statistics import TOTAL_BY_CATEGORY, categories, dashboard, today_of
from review.queries.sums import shown
from review.ratings import Rating
from review.read_models import SUMS

Sums = dict[str, int]
_COUNT_OF = {rating.value: f"{rating.name.lower()}_count" for rating in Rating}


def facts(learner: Learner, *, with_adjustments: bool) -> Iterator[tuple[int, date, Sums]]:
    """Yield category, day and signed sums of each fact that counts."""
    rows = ReviewHistory.objects.filter(user_id=learner.id).exclude(rating=None)
    columns = ("category_id", "local_day", "rating", "sign", "taken_ms")
    for category_id, day, rating, sign, taken_ms in rows.values_list(*columns):
        sums = dict.fromkeys(SUMS, 0)
        sums |= {"review_count": sign, "taken_ms": sign * taken_ms}
        sums[_COUNT_OF[rating]] = sign
        yield category_id, day, sums
    if with_adjustments:
        for moved in ReviewAdjustment.objects.filter(user_id=learner.id):
            yield (
                moved.category_id,
                moved.local_day,
                {name: getattr(moved, name) for name in SUMS},
            )


def recount(
    learner: Learner, key: Callable[[int, date], Hashable], *, with_adjustments: bool
) -> defaultdict[Hashable, Sums]:
    """Return the learner's sums by ``key(category, day)``, from the facts alone."""
    found: defaultdict[Hashable, Sums] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    for category_id, day, sums in facts(learner, with_adjustments=with_adjustments):
        for name, value in sums.items():
            found[key(category_id, day)][name] += value
    return found


def verify_projection(learner: Learner, now: datetime) -> None:
    """Every statistic the learner can ask for at ``now`` equals a recount."""
    today = today_of(learner, now).day
    by_day = recount(learner, lambda _, day: day, with_adjustments=False)
    _verify_dashboard(learner, now, today)
    for row in activity(learner, days=366, now=now):
        assert row == {"day": row["day"], **shown(by_day[row["day"]])}
    _verify_categories(learner, now, today)
    _verify_hours_and_classes(learner)


def verify_exact(learner: Learner, day: date) -> None:
    """The exact reads equal a recount, here and now: within a command's transaction, too.

    Nothing is cached meanwhile, for the transaction may yet be rolled back.
    """
    found = projections.figures(learner.id, day)
    by_day: defaultdict[date, Sums] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    total: defaultdict[int, Sums] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    for _, at, sums in facts(learner, with_adjustments=False):
        for name, value in sums.items():
            by_day[at][name] += value
    for category_id, _, sums in facts(learner, with_adjustments=True):
        for name, value in sums.items():
            total[category_id][name] += value
    for name in SUMS:
        assert found[f"today_{name}"] == by_day[day][name]
        month = sum(sums[name] for at, sums in by_day.items() if _in_window(at, day))
        assert found[f"month_{name}"] == month
    assert found["streak_days"] == _streak(by_day, day)
    rows = projections.exact("exact_total", TOTAL_BY_CATEGORY, user_id=learner.id)
    for row in rows:
        assert {name: row[name] for name in SUMS} == total[row["category_id"]]


def _streak(by_day: defaultdict[Any, Sums], today: date) -> int:
    day = today if by_day[today]["review_count"] else today - timedelta(days=1)
    streak = 0
    while by_day[day]["review_count"]:
        streak, day = streak + 1, day - timedelta(days=1)
    return streak


def _verify_hours_and_classes(learner: Learner) -> None:
    by_hour: defaultdict[int, Sums] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    by_class: defaultdict[int, Sums] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    for fact in ReviewHistory.objects.filter(user_id=learner.id).exclude(rating=None):
        assert fact.rating
        days = fact.interval_before_days
        place = bisect_right(INTERVAL_BOUNDS[1:], days) + 1 if fact.stage_before == 2 else 0
        for sums in (by_hour[fact.local_hour], by_class[place]):
            sums["review_count"] += fact.sign
            sums["taken_ms"] += fact.sign * fact.taken_ms
            sums[f"{Rating(fact.rating).name.lower()}_count"] += fact.sign
    for row in hourly(learner):
        assert row == {"hour": row["hour"], **shown(by_hour[row["hour"]])}
    for place, row in enumerate(retention(learner)):
        assert {name: row[name] for name in shown({})} == shown(by_class[place])
        assert sum(row["buttons"].values()) == row["review_count"]


def _in_window(day: date, today: date) -> bool:
    return today - timedelta(days=29) <= day <= today


def _verify_dashboard(learner: Learner, now: datetime, today: date) -> None:
    found = dashboard(learner, now=now)
    by_day = recount(learner, lambda _, day: day, with_adjustments=False)
    month = recount(learner, lambda _, day: _in_window(day, today), with_adjustments=False)
    assert found["today"] == today
    assert found["reviewed_today"] == shown(by_day[today])
    assert found["last_30_days"] == shown(month[True])
    assert found["streak_days"] == _streak(by_day, today)


def _verify_categories(learner: Learner, now: datetime, today: date) -> None:
    from review.access import categories_of

    keys = dict(categories_of(learner).values_list("public_id", "pk"))
    total = recount(learner, lambda category, _: category, with_adjustments=True)
    month = recount(
        learner,
        lambda category, day: category if _in_window(day, today) else None,
        with_adjustments=True,
    )
    for row in categories(learner, now=now):
        assert row["last_30_days"] == shown(month[keys[row["id"]]])
        assert row["all_time"] == shown(total[keys[row["id"]]])
