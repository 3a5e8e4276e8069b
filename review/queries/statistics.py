"""Dashboard and categories, exact for the learner's own last answer.

The 30 days are the learner's own, by today as of now; they are read from the view of recent days,
with its own watermark, all time and streak from the rollups, with the fold's.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q

from accounts.queries.learners import Learner
from review import projections, stat_cache
from review.access import categories_of, facts_seq
from review.days import day_starts_at, local_moment
from review.models import ReviewSchedule, Stage
from review.queries.contents import stage_name
from review.queries.due import is_due
from review.queries.sums import NOTHING, shown
from review.read_models import SUMS
from review.stat_cache import Figures

WINDOW_DAYS = 30
WINDOW = """
SELECT local_day = %(today)s AS is_today, {sums}
FROM exact WHERE local_day BETWEEN %(since)s AND %(today)s GROUP BY 1
"""
WINDOW_BY_CATEGORY = """
SELECT category_id, {sums}
FROM exact WHERE local_day BETWEEN %(since)s AND %(today)s GROUP BY 1
"""
TOTAL_BY_CATEGORY = "SELECT category_id, {sums} FROM exact GROUP BY 1"
# Backwards from the last day to the first gap, where it stops reading.
STREAK = """
, reviewed AS (
    SELECT local_day FROM exact WHERE local_day <= %(today)s
    GROUP BY local_day HAVING sum(review_count) > 0
), run AS (
    SELECT
        local_day AS first_day,
        first_value(local_day) OVER backwards AS last_day,
        lead(local_day) OVER backwards AS day_before
    FROM reviewed WINDOW backwards AS (ORDER BY local_day DESC)
)
SELECT CASE WHEN last_day >= %(today)s - 1 THEN last_day - first_day + 1 ELSE 0 END AS days,
    coalesce((SELECT facts_seq FROM review_learnerclock WHERE user_id = %(user_id)s), 0) AS seq
FROM run WHERE day_before IS DISTINCT FROM first_day - 1 ORDER BY first_day DESC LIMIT 1
"""


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

    Two queries while the learner's own figures are cached, else four.
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


def _figures(learner: Learner, today: Today) -> Figures:
    """Return the cached figures if they are of this very fact and day, else the exact ones."""
    seq = facts_seq(learner)
    if cached := stat_cache.read(learner.id, seq=seq, day=today.day):
        return cached
    window = projections.exact("exact_recent", WINDOW, user_id=learner.id, **today.window)
    streak = projections.exact("exact_day", STREAK, user_id=learner.id, today=today.day)
    figures = Figures(
        today=next((row for row in window if row["is_today"]), NOTHING),
        month={name: sum(row[name] for row in window) for name in SUMS},
        streak_days=streak[0]["days"] if streak else 0,
    )
    if streak and streak[0]["seq"] == seq:  # read last: no fact has come since the first statement
        stat_cache.fill(learner.id, figures, seq=seq, day=today.day)
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
    ends_at = today.ends_at - timedelta(microseconds=1)
    counts = ReviewSchedule.objects.filter(user_id=learner.id, content__archived_at=None).aggregate(
        **{stage_name(stage): Count("pk", filter=Q(stage=stage)) for stage in Stage},
        suspended=Count("pk", filter=Q(suspended_at__isnull=False)),
        due_now=Count("pk", filter=is_due(now)),
        due_today=Count("pk", filter=is_due(ends_at)),
        overdue=Count("pk", filter=is_due(now) & Q(due_at__lt=today.starts_at)),
    )
    due = {name: counts.pop(name) for name in ("due_now", "due_today", "overdue")}
    return {**due, "cards": counts}
