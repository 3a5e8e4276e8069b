"""Dashboard and categories, exact for the learner's own last answer.

The 30 days are the learner's own, by today as of now. The categories' are read from the view of
recent days, with its own watermark; all else from the rollups, with the fold's.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.queries.learners import Learner, learners
from review import projections, stat_cache
from review.access import cards_of, categories_of, facts_seq
from review.days import day_starts_at, local_moment
from review.models import ReviewSchedule, Stage
from review.queries.compiled import Compiled
from review.queries.contents import STAGES, stage_name
from review.queries.due import is_due
from review.queries.sums import NOTHING, shown
from review.read_models import SUMS, RecentDay
from review.stat_cache import Figures

WINDOW_DAYS = 30
WINDOW_BY_CATEGORY = """
SELECT category_id, {sums}
FROM exact WHERE local_day BETWEEN %(since)s AND %(today)s GROUP BY 1
"""
TOTAL_BY_CATEGORY = "SELECT category_id, {sums} FROM exact GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Today:
    """The learner's own today and the instants between which it lies."""

    day: date
    starts_at: datetime
    ends_at: datetime

    @property
    def window(self) -> dict[str, date]:
        """The last 30 days, today included."""
        return {"since": self.day - timedelta(days=WINDOW_DAYS - 1), "today": self.day}


def today_of(learner: Learner, now: datetime) -> Today:
    """Return the learner's own day that ``now`` falls on."""
    clock = learner.time_zone, learner.rollover_hour
    day, _ = local_moment(now, *clock)
    return Today(day, day_starts_at(day, *clock), day_starts_at(day + timedelta(days=1), *clock))


def dashboard(learner: Learner, *, now: datetime) -> dict[str, Any]:
    """Return what is due, what was done, and the cards by stage.

    Two queries while the learner's own figures are cached, else three.
    """
    today = today_of(learner, now)
    figures = _figures(learner, today)
    return {
        "today": today.day,
        **_cards(learner, today, now),
        "reviewed_today": shown(figures.today),
        "last_30_days": shown(figures.month),
        "streak_days": figures.streak_days,
    }


def warm(*, now: datetime, seconds: float) -> int:
    """Put the figures of learners with a review since yesterday into the cache; return how many.

    It stops after ``seconds``: who is left out reads exactly, and a little slower.
    """
    since = now.date() - timedelta(days=2)  # in every time zone
    active = RecentDay.objects.filter(local_day__gte=since).values_list("user_id", flat=True)
    ends_at, count = time.monotonic() + seconds, 0
    for chunk in _chunks(sorted(set(active))):
        for learner in learners(chunk):
            _figures(learner, today_of(learner, now))
            count += 1
        if time.monotonic() > ends_at:
            break
    return count


def _chunks(keys: Sequence[int], size: int = 200) -> Iterator[Sequence[int]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))


def _figures(learner: Learner, today: Today) -> Figures:
    """Return the cached figures if they are of this very fact and day, else the exact ones."""
    seq = facts_seq(learner)
    if cached := stat_cache.read(learner.id, seq=seq, day=today.day):
        return cached
    return exact_figures(learner, today)


def exact_figures(learner: Learner, today: Today) -> Figures:
    """Return the learner's own figures as of the last commit, and fill the cache. One query."""
    row = projections.figures(learner.id, today.day)
    figures = Figures(
        today={name: row[f"today_{name}"] for name in SUMS},
        month={name: row[f"month_{name}"] for name in SUMS},
        streak_days=row["streak_days"],
    )
    stat_cache.fill(learner.id, figures, seq=row["seq"], day=today.day)
    return figures


def categories(learner: Learner, *, now: datetime) -> list[dict[str, Any]]:
    """Return each category by name: its own cards and reviews, without those below it.

    Three queries.
    """
    window = today_of(learner, now).window
    month = _by_category("exact_recent", WINDOW_BY_CATEGORY, learner, **window)
    total = _by_category("exact_total", TOTAL_BY_CATEGORY, learner)
    is_card = Q(contents__schedule__isnull=False, contents__archived_at=None)
    rows = categories_of(learner).annotate(
        parent_public_id=F("parent__public_id"),
        card_count=Count("contents", filter=is_card),
        due_count=Count("contents", filter=is_card & is_due(now, prefix="contents__schedule__")),
    )
    return [
        {
            "id": row.public_id,
            "name": row.name,
            "parent": row.parent_public_id,
            "card_count": row.card_count,
            "due_count": row.due_count,
            "last_30_days": shown(month.get(row.pk, NOTHING)),
            "all_time": shown(total.get(row.pk, NOTHING)),
        }
        for row in rows.order_by("name", "id")
    ]


def _by_category(
    source: str, select: str, learner: Learner, **values: Any
) -> dict[int, dict[str, Any]]:
    rows = projections.exact(source, select, user_id=learner.id, **values)
    return {row["category_id"]: row for row in rows}


def _cards(learner: Learner, today: Today, now: datetime) -> dict[str, Any]:
    """Return what is due and the cards by stage, suspended ones included and told apart."""
    found = _COUNTS.rows(
        user_id=learner.id,
        now=now,
        starts_at=today.starts_at,
        ends_at=today.ends_at - timedelta(microseconds=1),
    )
    counts = dict(found[0]) if found else dict.fromkeys(_COUNTED, 0)
    due = {name: counts.pop(name) for name in ("due_now", "due_today", "overdue")}
    return {**due, "cards": {name: counts[name] for name in _STAGES}}


def card_counts(
    *, user_id: int, now: datetime, starts_at: datetime, ends_at: datetime
) -> "QuerySet[ReviewSchedule, dict[str, Any]]":
    """Return one row, or none for a learner without cards."""
    cards: Any = cards_of(user_id)
    counted: QuerySet[ReviewSchedule, dict[str, Any]] = cards.values("user_id").annotate(
        **{stage_name(stage): Count("pk", filter=Q(stage=stage)) for stage in Stage},
        suspended=Count("pk", filter=Q(suspended_at__isnull=False)),
        due_now=Count("pk", filter=is_due(now)),
        due_today=Count("pk", filter=is_due(ends_at)),
        overdue=Count("pk", filter=is_due(now) & Q(due_at__lt=starts_at)),
    )
    return counted


_COUNTS = Compiled(card_counts)
_STAGES = (*STAGES, "suspended")
_COUNTED = (*_STAGES, "due_now", "due_today", "overdue")
