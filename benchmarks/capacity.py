"""From learners to machines: which number breaks first. docs/scale.md holds its table.

    make bench NAME=capacity                     measures what one answer costs here, then reckons
    python -m benchmarks.capacity --reckon       only reckons, from the figures of COSTS

Measured on servers of its own: CPU of web and database for an answer over HTTP, CPU of the fold for
a fact, bytes of a fact and of a card with their indexes, bytes of an answer's events, and the
refresh of the view. The last line is JSON: each of them, and the table of the three sizes; ok when
no measured figure is more than TOLERANCE times that of COSTS, from which docs/scale.md was written.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass
from statistics import median

import psutil

from benchmarks.cpu import backend_cpu_ms
from benchmarks.record_review import CLIENTS, batches, free_port, prepare, singles, web_process
from config.embedded.servers import temporary_servers

LEARNERS = (10**4, 10**6, 10**8)
TOLERANCE = 2.5
VIEW_LEARNERS = 5_000  # with 66 rows each
POOL = 8  # connections of a web process
UTILISATION = 0.6  # of a core: beyond, waiting grows faster than work


@dataclass(frozen=True, slots=True)
class Costs:
    """What one thing costs: milliseconds of CPU, bytes on disk."""

    web_ms: float  # an answer, in the web process
    postgres_ms: float  # an answer, in the database
    fold_ms: float  # a fact, in the database
    refresh_ms_per_row: float  # a row of the view, each time
    fact_bytes: float
    card_bytes: float
    event_bytes: float  # kept seven days
    read_ms: float = 5.0  # a read of the dashboard (NAME=http_read: dashboard.ours_cpu_ms)
    page_ms: float = 2_700.0  # a photographed page, in the OCR model server (NAME=ocr)


@dataclass(frozen=True, slots=True)
class Habits:
    """What learners do: of all, this share comes on a day, and most of it in few hours."""

    active_share: float = 0.2
    answers: int = 60  # of an active learner, a day
    categories: int = 2  # that they answer in, a day
    reads: int = 10
    pages: float = 0.05
    cards: int = 1_000  # of a learner
    peak: float = 3.0  # the busiest hour over the mean of the day
    page_bytes: int = 600_000


COSTS = Costs(
    web_ms=5.5, postgres_ms=1.8, fold_ms=0.003, refresh_ms_per_row=0.003, fact_bytes=335.0,
    card_bytes=490.0, event_bytes=640.0,
)  # fmt: skip


def reckon(learners: int, costs: Costs, habits: Habits) -> dict[str, float]:
    """Return what so many learners need in the busiest hour, and after a year."""
    active = learners * habits.active_share
    per_second = active * habits.peak / 86_400
    answers, reads = per_second * habits.answers, per_second * habits.reads
    web_cores = (answers * costs.web_ms + reads * costs.read_ms) / 1000 / UTILISATION
    facts = active * habits.answers
    view_rows = active * habits.categories * 33  # a row a day and category
    return {
        "answers_per_s": answers,
        "web_cores": web_cores,
        "postgres_cores": answers * (costs.postgres_ms + costs.fold_ms) / 1000 / UTILISATION,
        "connections": max(1.0, web_cores) * POOL,
        "refresh_s": view_rows * costs.refresh_ms_per_row / 1000,
        "ocr_cores": per_second * habits.pages * costs.page_ms / 1000 / UTILISATION,
        "facts_gb_a_year": facts * 365 * costs.fact_bytes / 1e9,
        "cards_gb": learners * habits.cards * costs.card_bytes / 1e9,
        "outbox_gb": facts * 7 * costs.event_bytes / 1e9,
        "pages_tb_a_year": active * habits.pages * habits.page_bytes * 365 / 1e12,
        "pages_wait_s": wait_s(per_second * habits.pages, costs.page_ms / 1000, UTILISATION),
    }


def wait_s(arrivals: float, service_s: float, utilisation: float) -> float:
    """Return the mean wait for one of as many servers as that utilisation asks for.

    Sakasegawa's formula for many servers, with arrivals by chance and service times alike.
    """
    servers = max(1.0, arrivals * service_s / utilisation)
    busy = min(utilisation, arrivals * service_s / servers)
    power = (2 * (servers + 1)) ** 0.5 - 1
    return 0.5 * service_s * float(busy**power) / (servers * (1 - busy))


def table(costs: Costs, habits: Habits) -> str:
    """Return the figures of the three sizes as Markdown."""
    columns = [reckon(learners, costs, habits) for learners in LEARNERS]
    lines = ["| in the busiest hour | 10⁴ | 10⁶ | 10⁸ |", "|---|---|---|---|"]
    for name in columns[0]:
        shown = " | ".join(_shown(column[name]) for column in columns)
        lines.append(f"| {name} | {shown} |")
    return "\n".join(lines)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def measured(seed: int) -> Costs:
    """Return what things cost on this machine, on servers of its own."""
    os.environ |= {"RESEE_PORT": str(free_port()), "RATE_LIMIT_LEARNER": "1000000000"}
    os.environ |= {
        "RATE_LIMIT_ADDRESS": "1000000000",
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
    }
    with temporary_servers() as root, web_process(root) as web:
        import django
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        django.setup()
        call_command("migrate", verbosity=0)
        (database,) = [p for p in psutil.Process().children() if "postgres" in p.name()]
        stage = prepare(seed, web, database)
        setup_test_environment()
        singles(stage, CLIENTS, 20)  # warm
        rounds = [singles(stage, CLIENTS, 100) for _ in range(3)]
        events = _bytes("outbox_outboxentry") / _number("SELECT count(*) FROM review_reviewhistory")
        batches(stage)
        return _background(events, *(median(each[name] for each in rounds) for name in _NAMES))


_NAMES = (f"cpu_ms_{CLIENTS}", f"postgres_cpu_ms_{CLIENTS}")


def _background(event_bytes: float, web_ms: float, postgres_ms: float) -> Costs:
    """Return all costs, after folding what has been answered."""
    from review import projections

    facts = _number("SELECT count(*) FROM review_reviewhistory")
    fold_ms = backend_cpu_ms(projections.fold)
    _fill_view()
    projections.refresh()
    refresh_ms = backend_cpu_ms(projections.refresh)
    cards = ("review_content", "review_reviewschedule")
    rows = {name: _number(f"SELECT count(*) FROM {name}") for name in cards}  # noqa: S608
    return Costs(
        web_ms=web_ms,
        postgres_ms=postgres_ms,
        fold_ms=fold_ms / facts,
        refresh_ms_per_row=refresh_ms / _number("SELECT count(*) FROM review_recent_day"),
        fact_bytes=_bytes("review_reviewhistory") / facts,
        card_bytes=sum(_bytes(name) / rows[name] for name in cards),
        event_bytes=event_bytes,
    )


def _fill_view() -> None:
    """Add many learners' days, so that what is measured grows with rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO review_daycategory (user_id, category_id, local_day, review_count,"
            " again_count, hard_count, good_count, easy_count, taken_ms)"
            " SELECT 1000000 + n, c, current_date - d, 30, 3, 3, 21, 3, 120000"
            " FROM generate_series(1, %s) n, generate_series(1, 2) c, generate_series(0, 32) d",
            [VIEW_LEARNERS],
        )
        cursor.execute("VACUUM ANALYZE review_daycategory")


def _number(statement: str) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return float(cursor.fetchone()[0])


def _bytes(table_name: str) -> float:
    return _number(f"SELECT pg_total_relation_size('{table_name}')")


def main() -> int:
    """Print the table and the JSON line; 1 when something has become much dearer."""
    parser = argparse.ArgumentParser("capacity", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--reckon", action="store_true", help="measure nothing")
    options = parser.parse_args()
    costs = COSTS if options.reckon else measured(options.seed)
    own, known = asdict(costs), asdict(COSTS)
    is_ok = all(own[name] <= known[name] * TOLERANCE for name in own)
    print(table(costs, Habits()))
    sizes = {str(learners): reckon(learners, costs, Habits()) for learners in LEARNERS}
    line = {"name": "capacity", "n": 3, "seed": options.seed, "costs": own, "written": known}
    print(json.dumps(line | {"sizes": sizes, "ok": is_ok}))
    return 0 if is_ok else 1


if __name__ == "__main__":
    sys.exit(main())
