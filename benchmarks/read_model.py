"""What a dashboard costs by naive aggregation of the history, and by the read models.

    make bench NAME=read_model ARGS="--rows 1000000"

Own PostgreSQL in a temporary folder; data made in SQL by read_model.sql: a heavy learner with 2 %
of the rows, typical ones with about 4,000 each. The last line is JSON: medians in ms, CPU of the
database process in ms; refresh_ratio is (fold + refresh after 200 new facts, many_ after 20,000) /
refreshing a view straight over the history, refresh_rounds holds the CPU of the three round by
round, refresh_growth is what a refresh costs beside one with a tenth of the history before the
view's 33 days; mismatches are figures in which the two ways differ.
``ours_ms`` is the exact read: the cache is used in http_cached_ms only.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.read_model_refresh import refresh_growth, refreshing
from config.embedded.servers import temporary_servers

REPEATS = 7
BATCH = 1000
_APPEND = """
INSERT INTO review_reviewhistory
    (public_id, user_id, content_id, category_id, kind, sign, rating, reviewed_at, local_day,
     local_hour, taken_ms, stage_before, interval_before_days, parameters_id, due_at, recorded_at)
SELECT
    gen_random_uuid(), user_id, content_id, category_id, 'review', 1, rating, at,
    (at - interval '4 hours')::date, extract(hour FROM at), taken_ms, 2, interval_days, 1,
    at + interval '10 days', now()
FROM made WHERE n BETWEEN %s AND %s ORDER BY n
"""


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Return the median ms of some runs, after one to warm up, and the result."""
    result, times = action(), []
    for _ in range(REPEATS):
        before = time.perf_counter()
        action()
        times.append((time.perf_counter() - before) * 1000)
    return median(times), result


def load(rows: int, seed: int) -> None:
    """Make the learners, their cards and their history."""
    from django.db import connection, transaction

    from accounts.models import User

    others = max(1, rows // 4000)
    User.objects.bulk_create(
        User(pk=pk, email=f"{pk}@example.com", time_zone="UTC", rollover_hour=4)
        for pk in range(1, others + 2)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed / 1000])
        sql = (Path(__file__).parent / "read_model.sql").read_text()
        cursor.execute(sql, {"rows": rows, "others": others})
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX ON made (n)")
        for first in range(1, rows + 1, BATCH):  # each batch is a transaction, as answers are
            cursor.execute(_APPEND, [first, first + BATCH - 1])
        cursor.execute("DROP TABLE made")
        # What the naive queries need and we do not.
        cursor.execute("CREATE INDEX ON review_reviewhistory (user_id, reviewed_at)")
        cursor.execute("ANALYZE")


def naive(user_id: int, today: Any) -> Mapping[str, Any]:
    """Return the dashboard's figures by the six queries that the ORM suggests."""
    from django.db.models import Sum

    from review.models import ReviewHistory

    mine = ReviewHistory.objects.filter(user_id=user_id)
    since_today = mine.filter(reviewed_at__gte=today.starts_at)
    month = mine.filter(
        reviewed_at__gte=today.starts_at - timedelta(days=29), reviewed_at__lt=today.ends_at
    )
    days = set(mine.values_list("local_day", flat=True).distinct())
    streak, day = 0, today.day if today.day in days else today.day - timedelta(days=1)
    while day in days:
        streak, day = streak + 1, day - timedelta(days=1)
    return {
        "today": since_today.count(),
        "today_forgot": since_today.filter(rating=1).count(),
        "month": month.count(),
        "month_forgot": month.filter(rating=1).count(),
        "month_taken_ms": month.aggregate(total=Sum("taken_ms"))["total"] or 0,
        "streak": streak,
    }


def ours(user_id: int, today: Any) -> Mapping[str, Any]:
    """Return the same figures from the read models and the tail: nothing of it is cached."""
    from review import projections

    found = projections.figures(user_id, today.day)
    return {
        "today": found["today_review_count"],
        "today_forgot": found["today_again_count"],
        "month": found["month_review_count"],
        "month_forgot": found["month_again_count"],
        "month_taken_ms": found["month_taken_ms"],
        "streak": found["streak_days"],
    }


def naive_categories(user_id: int) -> Mapping[int, int]:
    """Return all reviews by category, by the query that the ORM suggests."""
    from django.db.models import Sum

    from review.models import ReviewHistory

    rows = ReviewHistory.objects.filter(user_id=user_id).values_list("category_id")
    return dict(rows.annotate(Sum("sign")))


def our_categories(user_id: int) -> Mapping[int, int]:
    """Return the same from the rollup and the tail."""
    from review import projections
    from review.queries.statistics import TOTAL_BY_CATEGORY

    rows = projections.exact("exact_total", TOTAL_BY_CATEGORY, user_id=user_id)
    return {row["category_id"]: row["review_count"] for row in rows}


def compare(user_id: int, now: Any) -> dict[str, float]:
    """Return medians of both ways, in SQL and over HTTP, and how many figures differ."""
    from accounts.models import User
    from accounts.queries.learners import learner_of
    from review import stat_cache
    from review.queries.statistics import today_of
    from tests.client import ApiClient

    user = User.objects.get(pk=user_id)
    today, api = today_of(learner_of(user), now), ApiClient(user)
    pairs = {
        "": (lambda: naive(user_id, today), lambda: ours(user_id, today)),
        "categories_": (lambda: naive_categories(user_id), lambda: our_categories(user_id)),
    }
    figures, mismatches = {}, 0
    for name, (theirs, mine) in pairs.items():
        figures[f"{name}naive_ms"], expected = timed(theirs)
        figures[f"{name}ours_ms"], found = timed(mine)
        mismatches += sum(expected[key] != found[key] for key in expected)

    def uncached() -> Any:
        stat_cache.forget(user_id)
        return api.get("/statistics/dashboard/")

    figures["http_ours_ms"], response = timed(uncached)
    shown = response.json()
    mismatches += shown["last_30_days"]["review_count"] != ours(user_id, today)["month"]
    figures["http_cached_ms"], _ = timed(lambda: api.get("/statistics/dashboard/"))
    with naive_dashboard():
        figures["http_naive_ms"], _ = timed(lambda: api.get("/statistics/dashboard/"))
    return figures | {"mismatches": mismatches}


@contextmanager
def naive_dashboard() -> Iterator[None]:
    """Let the route's figures come from the six queries; all the rest of it stays."""
    from unittest.mock import patch

    from review.queries import statistics
    from review.stat_cache import Figures

    def figures(learner: Any, today: Any) -> Any:
        found = naive(learner.id, today)
        sums = {"review_count": found["month"], "again_count": found["month_forgot"]}
        return Figures(today=sums, month=sums, streak_days=found["streak"])

    with patch.object(statistics, "_figures", figures):
        yield


def measure(rows: int, seed: int) -> dict[str, Any]:
    """Return every figure."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.test.utils import setup_test_environment
    from django.utils import timezone

    setup_test_environment()  # the client calls its host testserver

    call_command("migrate", verbosity=0)
    before = time.perf_counter()
    load(rows, seed)
    sys.stderr.write(f"{rows} rows made in {time.perf_counter() - before:.0f} s\n")
    figures: dict[str, Any] = {"rows": rows, "seed": seed, "n": REPEATS, **refreshing()}
    now = timezone.now()
    heavy, typical = compare(1, now), compare(random.Random(seed).randint(2, rows // 4000), now)
    heavy["mismatches"] += typical.pop("mismatches")
    figures |= heavy | {f"typical_{name}": value for name, value in typical.items()}
    for name in ("", "typical_", "categories_", "http_"):
        figures[f"{name}speedup"] = figures[f"{name}naive_ms"] / figures[f"{name}ours_ms"]
    return figures | {"refresh_growth": refresh_growth()}  # last: it takes history away


def is_ok(figures: Mapping[str, Any]) -> bool:
    """Hold the figures against the bars, which are set for a million rows and for ten."""
    bars = {1_000_000: (50, 1.0), 10_000_000: (500, 1 / 40)}
    met = [
        figures["speedup"] >= speedup and figures["refresh_ratio"] <= ratio
        for rows, (speedup, ratio) in bars.items()
        if figures["rows"] >= rows
    ]
    return figures["mismatches"] == 0 and figures["refresh_growth"] <= 1.5 and all(met)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    with temporary_servers():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        os.environ["LOG_LEVEL"] = "WARNING"
        figures = measure(options.rows, options.seed)
        ok = is_ok(figures)
        shown = {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in figures.items()
        }
        sys.stdout.write(json.dumps({"name": "read_model", **shown, "ok": ok}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
