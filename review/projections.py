"""Facts -> read models: fold, refresh, rebuild, age; and the exact read (docs/adr/0003, sql/)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.retention import kept
from review import metrics, stat_cache
from review.read_models import SUMS

DAYS_KEPT = kept("days").days
STALE = timedelta(minutes=10)
ROLLUPS = ("review_daycategory", "review_userday", "review_categorytotal", "review_hourclass")
_LOCK = 7_310_001  # one fold, rebuild or erasure at a time
_IS_BEHIND = "SELECT wm > pg_snapshot_xmin(pg_current_snapshot()) FROM review_readmodelwatermark"
_PRUNE = "DELETE FROM review_daycategory WHERE local_day < (now() AT TIME ZONE 'UTC')::date - %s"
_REBASE = """
UPDATE review_readmodelwatermark SET
    history_base_id = coalesce((SELECT max(id) FROM review_reviewhistory), 0),
    adjustment_base_id = coalesce((SELECT max(id) FROM review_reviewadjustment), 0)
"""
_COUNT_RUNS = """
UPDATE review_userday AS day SET run_days = wanted.run_days FROM wanted
WHERE day.user_id = wanted.user_id AND day.local_day = wanted.local_day
    AND day.run_days <> wanted.run_days
"""
_AGE = """
WITH mark AS (SELECT * FROM review_readmodelwatermark)
SELECT
    folded_at, now(),
    (SELECT refreshed_at FROM review_recent_day WHERE user_id = 0),
    (SELECT count(*) FROM review_counted_fact WHERE {in_tail})
FROM mark
"""


class WatermarkMissing(Exception):
    """Nobody knows what the rollups hold: run rebuild_read_models."""


class RebuildNeeded(Exception):
    """The watermark is ahead of the server's transaction ids, so the data came from elsewhere."""


class ReadModelsStale(Exception):
    """No fold has run for longer than STALE; what is read is exact all the same, and slower."""


@dataclass(frozen=True, slots=True)
class Age:
    """How far the read models are behind the facts, and how many facts a reader has to add."""

    since_fold: timedelta
    since_refresh: timedelta
    tail_count: int


@metrics.FOLD_SECONDS.time()
@transaction.atomic
def fold() -> int:
    """Add the facts of ended transactions to the rollups and return how many they were.

    Raises WatermarkMissing, or RebuildNeeded after a restore into a new cluster.
    """
    with connection.cursor() as cursor:
        _lock(cursor)
        _check(cursor)
        cursor.execute(_PRUNE, [DAYS_KEPT])
        return _add(cursor, everything=False)


@metrics.REFRESH_SECONDS.time()
def refresh() -> None:
    """Publish the rollups of the last days, with their watermark, in the materialized view."""
    with connection.cursor() as cursor:
        cursor.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY review_recent_day")


@transaction.atomic
def rebuild() -> int:
    """Make all read models from nothing and return how many facts they hold.

    Writers wait meanwhile, readers do not. What is counted here is remembered by its ids: after a
    restore the transaction ids of the facts mean nothing. Nor do the cached figures: facts that
    were lost had the numbers that new ones will get. Raises RedisError if they cannot be removed.
    """
    with connection.cursor() as cursor:
        _lock(cursor)
        cursor.execute("LOCK TABLE review_reviewhistory, review_reviewadjustment IN SHARE MODE")
        cursor.execute(
            "INSERT INTO review_readmodelwatermark "
            "(id, wm, history_base_id, adjustment_base_id, folded_at) VALUES (1, '0', 0, 0, now()) "
            "ON CONFLICT DO NOTHING"
        )
        for table in ROLLUPS:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  TRUNCATE would stop the readers
        fact_count = _add(cursor, everything=True)
        cursor.execute(_REBASE)
        refresh()
        stat_cache.forget_all()  # before the commit: until then a restored cluster takes no facts
        return fact_count


def age() -> Age:
    """Return how far the read models are behind; the cost grows with the tail only."""
    with connection.cursor() as cursor:
        cursor.execute(_AGE.format(in_tail=_text("in_tail")))
        row = cursor.fetchone()
    if row is None:
        raise WatermarkMissing
    folded_at, now, refreshed_at, tail_count = row
    refreshed_at = refreshed_at or datetime.fromtimestamp(0, now.tzinfo)
    return Age(now - folded_at, now - refreshed_at, tail_count)


def health() -> str:
    """Tell the age; raises WatermarkMissing, RebuildNeeded or ReadModelsStale."""
    with connection.cursor() as cursor:
        _check(cursor)
    found = age()
    if found.since_fold > STALE:
        raise ReadModelsStale(f"No fold has run for {found.since_fold.total_seconds():.0f} s.")
    return (
        f"folded {found.since_fold.total_seconds():.0f} s ago, "
        f"published {found.since_refresh.total_seconds():.0f} s ago, "
        f"{found.tail_count} facts not folded yet"
    )


class ReadModelAges(Collector):
    """Read when Prometheus asks: how far the read models are behind, whoever folds them."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield two gauges; none while the database is away or nothing was folded yet."""
        try:
            found = age()
        except (DatabaseError, WatermarkMissing):
            connection.close()
            return
        seconds = GaugeMetricFamily(
            "read_models_age_seconds", "Since the last fold, and the last refresh", labels=["step"]
        )
        seconds.add_metric(["fold"], found.since_fold.total_seconds())
        seconds.add_metric(["refresh"], found.since_refresh.total_seconds())
        yield seconds
        yield GaugeMetricFamily(
            "read_models_unfolded_facts", "Facts that no rollup holds yet", found.tail_count
        )


def figures(user_id: int, today: date) -> dict[str, int]:
    """Return the learner's figures up to the last commit: see sql/figures.sql. One snapshot."""
    return _rows("SELECT * FROM review_figures(%s, %s)", [user_id, today])[0]


def exact(source: str, select: str, **values: Any) -> list[dict[str, Any]]:
    """Return the rows of ``select ... FROM exact``: one learner's sums up to the last commit.

    ``source`` is exact_recent (the view, with its own watermark), exact_day or exact_total (the
    rollups, with the fold's); ``values`` name the learner as ``user_id``.
    """
    return _rows(statement(source, select), values)


@cache
def statement(name: str, select: str = "", **parts: str) -> str:
    """Return a file of sql/, with ``select`` after it and the lists of sums filled in."""
    return (_text(name) + select).format(
        columns=", ".join(SUMS),
        sums=", ".join(f"sum({name})::bigint AS {name}" for name in SUMS),
        added=", ".join(f"{name} = old.{name} + EXCLUDED.{name}" for name in SUMS),
        in_tail=_text("in_tail"),
        **parts,
    )


def _rows(sql: str, values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()  # first: within a pipeline nothing is described before
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows]


def _text(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


def hold(_: object = None) -> None:
    """Keep folds and rebuilds out for the rest of the transaction: facts are being erased."""
    with connection.cursor() as cursor:
        _lock(cursor)


def _lock(cursor: Any) -> None:
    """Wait in a statement of its own, so that the next one's snapshot holds what we waited for."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _check(cursor: Any) -> None:
    cursor.execute(_IS_BEHIND)
    row = cursor.fetchone()
    if row is None:
        raise WatermarkMissing("The watermark's row is missing: run rebuild_read_models.")
    if row[0]:
        raise RebuildNeeded(
            "This database was restored into a new cluster: run rebuild_read_models."
        )


def _add(cursor: Any, *, everything: bool) -> int:
    cursor.execute(statement("fold"), {"everything": everything, "days_kept": DAYS_KEPT})
    fact_count, mark_count, users, days = cursor.fetchone()
    if mark_count != 1:
        raise WatermarkMissing("The watermark's row is missing: run rebuild_read_models.")
    if users:
        cursor.execute(statement("runs", _COUNT_RUNS), {"users": users, "days": days})
    return int(fact_count)
