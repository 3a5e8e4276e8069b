"""What taking in new facts costs the database: our fold and refresh, and a view over history."""

from statistics import median
from typing import Any

from benchmarks.cpu import backend_cpu_ms

NEW_FACTS = 200
MANY_NEW_FACTS = 20_000
ROUNDS = 3
GROWTH_ROUNDS = 5
TICK_MS = 10.0  # what the kernel counts CPU time in
_NEW = """
INSERT INTO review_reviewhistory
    (public_id, user_id, content_id, category_id, kind, sign, rating, reviewed_at, local_day,
     local_hour, taken_ms, stage_before, interval_before_days, parameters_id, due_at, recorded_at)
SELECT gen_random_uuid(), c.user_id, c.id, c.category_id, 'review', 1, 3, now(),
       (now() - interval '4 hours')::date, extract(hour FROM now()), 1000, 2, 10, 1, now(), now()
FROM review_content AS c ORDER BY id %% 997, id LIMIT %s
"""
_FULL = """
CREATE MATERIALIZED VIEW full_view AS
SELECT user_id, category_id, local_day, sum(review_count) AS review_count,
       sum(again_count) AS again_count, sum(taken_ms) AS taken_ms
FROM review_counted_fact GROUP BY 1, 2, 3;
CREATE UNIQUE INDEX ON full_view (user_id, category_id, local_day);
"""
_TENTH_OF_OLD_DAYS = """
DELETE FROM review_daycategory
WHERE local_day < current_date - 33 AND hashint8(user_id) %% 10 <> 0
""".replace("%%", "%")


def refreshing() -> dict[str, Any]:
    """Return the CPU of taking new facts in, our way and by a view straight over the history."""
    from django.db import connection

    from review import projections

    figures: dict[str, Any] = {"rebuild_cpu_ms": backend_cpu_ms(projections.rebuild)}
    full = "REFRESH MATERIALIZED VIEW CONCURRENTLY full_view"
    with connection.cursor() as cursor:
        cursor.execute(_FULL)
        cursor.execute("ANALYZE")
        for name, count in (("", NEW_FACTS), ("many_", MANY_NEW_FACTS)):
            rounds = []
            for _ in range(ROUNDS):
                cursor.execute(_NEW, [count])
                steps = (projections.fold, projections.refresh, lambda: cursor.execute(full))
                rounds.append([round(backend_cpu_ms(step)) for step in steps])
            fold, refresh, peer = (median(column) for column in zip(*rounds, strict=True))
            figures[f"{name}fold_cpu_ms"], figures[f"{name}refresh_cpu_ms"] = fold, refresh
            figures[f"{name}full_refresh_cpu_ms"] = peer
            figures[f"{name}refresh_ratio"] = (fold + refresh) / peer
            figures[f"{name}refresh_rounds"] = rounds
    return figures


def refresh_growth() -> float:
    """Return a refresh's CPU / the same with a tenth of the history before the view's window.

    The window's own days stay as they are. What is taken away is not put back.
    """
    from django.db import connection

    from review import projections

    costs = []
    with connection.cursor() as cursor:
        for sql in ("", _TENTH_OF_OLD_DAYS):
            if sql:
                cursor.execute(sql)
            cursor.execute("VACUUM (ANALYZE) review_daycategory")
            costs.append(
                backend_cpu_ms(lambda: [projections.refresh() for _ in range(GROWTH_ROUNDS)])
            )
    return costs[0] / max(costs[1], TICK_MS)
