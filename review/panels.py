"""What the admin's first page shows of reviews."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from config.operations.dashboard import Bar, Panel, register
from review import projections

_DAYS = """  -- up to the newest day that anybody lives in
SELECT day::date, count(DISTINCT user_id), coalesce(sum(review_count), 0)
FROM (SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date AS last) AS newest,
     generate_series(last - 29, last, '1 day') AS day
LEFT JOIN review_recent_day ON local_day = day AND user_id > 0 AND review_count > 0
GROUP BY 1 ORDER BY 1
"""


def show() -> None:
    """Register the panels; for ``AppConfig.ready``."""
    register("a_active_learners", lambda: _by_day("Active learners a day", 1))
    register("b_reviews", lambda: _by_day("Reviews a day", 2))
    register("e_read_models", _ages)


def _by_day(title: str, column: int) -> Panel:
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        rows = cursor.fetchall()
    bars = [Bar(f"{row[0]:%d %b}", float(row[column])) for row in rows]
    return Panel(title, bars if any(bar.value for bar in bars) else (), are_days=True)


def _ages() -> Panel:
    return Panel(
        "Ages of the read models",
        list(_ages_of(projections.age())),
        address="/admin/review/readmodelwatermark/",
    )


def _ages_of(age: projections.Age) -> Iterator[Bar]:
    for name, since in (("fold", age.since_fold), ("refresh", age.since_refresh)):
        yield _age(f"since the last {name}", since)
    yield Bar("facts not folded yet", age.tail_count)


def _age(label: str, since: timedelta) -> Bar:
    seconds = since.total_seconds()
    return Bar(label, seconds, f"{seconds:.0f} s", is_bad=since > projections.STALE)
