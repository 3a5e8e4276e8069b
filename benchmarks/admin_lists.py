"""Every list page of the admin at 100,000 rows a table.

    make bench NAME=admin_lists

Own PostgreSQL and Valkey in a temporary folder. One row of each table is made as the tests make it
and copied in SQL. Every list page is opened and searched in three interleaved rounds, as it is and
with Django's own habits (the whole table counted, rows joined one by one): the naive version. The
last line is JSON: pages, queries_max and naive_queries_max of one request, slowest_ms and
naive_slowest_ms (each page's median), total_ms, naive_total_ms and their ratio, the pages over the
bar.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from config.embedded.servers import temporary_servers

ROWS, ROUNDS, QUERIES_MAX = 100_000, 3, 10
_UNIQUE = {
    "boolean": "{}",
    "uuid": "gen_random_uuid()",
    "date": "date '2000-01-01' + n",
    "timestamp with time zone": "now() - n * interval '1 minute'",
    "character varying": "'x' || n",
    "text": "'x' || n",
}


def fill(table: Any, rows: int) -> None:
    """Copy one row of a table until there are so many; keys and what is unique count up."""
    from django.db import connection

    from tests.admin_rows import a_row

    row = a_row(table.model, 1, {})
    if table.opts.pk.has_default():
        return  # a table of one row
    together = [getattr(each, "fields", ()) for each in table.opts.constraints]
    unique = {name for names in (*together, *table.opts.unique_together) for name in names}
    name, key = table.opts.db_table, table.opts.pk.column
    columns, values = [], []
    for field in table.opts.concrete_fields:
        if field.generated:
            continue
        column = f'{name}."{field.column}"'
        kind = (field.rel_db_type(connection) or "").partition("(")[0]
        is_unique = field.unique or field.name in unique
        is_unique = is_unique and getattr(row, field.attname) is not None
        columns.append(f'"{field.column}"')
        values.append(_UNIQUE.get(kind, "1000 + n").format(column) if is_unique else column)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # keys are not looked up
        cursor.execute(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM {name}, generate_series(1, %s) AS n WHERE {name}.{key} = %s",
            [rows, row.pk],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(f"ANALYZE {name}")


@contextmanager
def naive(tables: Sequence[Any]) -> Iterator[None]:
    """Give the tables Django's own habits for a while."""
    from django.core.paginator import Paginator

    before = [
        (each, each.paginator, each.show_full_result_count, each.list_select_related)
        for each in tables
    ]
    try:
        for each in tables:
            each.paginator, each.show_full_result_count = Paginator, True
            each.list_select_related = False
        yield
    finally:
        for each, *habits in before:
            each.paginator, each.show_full_result_count, each.list_select_related = habits


def opened(get: Callable[[str], Any], address: str) -> tuple[float, int]:
    """Return a request's milliseconds and queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        status = get(address).status_code
        assert status == 200, f"{status}: {address}"
        return (time.perf_counter() - began) * 1000, len(queries)


def measure(rows: int, rounds: int) -> dict[str, Any]:
    """Return every figure."""
    from django.contrib import admin
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User

    call_command("migrate", interactive=False, verbosity=0)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("staff@example.com", "a-secret"))
    tables = list(admin.site._registry.values())  # noqa: SLF001  it has no other list
    for table in tables:
        fill(table, rows)
    pages = []
    for table in tables:
        address = reverse(f"admin:{table.opts.app_label}_{table.opts.model_name}_changelist")
        pages += [address, f"{address}?q=x17"] if table.search_fields else [address]
    ours: dict[str, list[tuple[float, int]]] = {page: [] for page in pages}
    theirs: dict[str, list[tuple[float, int]]] = {page: [] for page in pages}
    for number in range(rounds):
        for page in pages:
            ours[page].append(opened(client.get, page))
        with naive(tables):
            for page in pages:
                theirs[page].append(opened(client.get, page))
        sys.stderr.write(f"round {number + 1} of {rounds}\n")
    figures: dict[str, Any] = {"tables": len(tables), "pages": len(pages), "n": rows}
    for prefix, found in (("", ours), ("naive_", theirs)):
        times = {page: median(ms for ms, _ in each) for page, each in found.items()}
        slowest = max(times, key=lambda page: times[page])
        figures[f"{prefix}queries_max"] = max(n for each in found.values() for _, n in each)
        figures[f"{prefix}slowest_ms"] = round(times[slowest], 1)
        figures[f"{prefix}slowest"] = slowest
        figures[f"{prefix}total_ms"] = round(sum(times.values()))
    figures["ratio"] = round(figures["total_ms"] / figures["naive_total_ms"], 3)
    figures["over"] = [page for page, each in ours.items() if any(n > QUERIES_MAX for _, n in each)]
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a page takes more than QUERIES_MAX queries."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with temporary_servers():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        os.environ["LOG_LEVEL"] = "WARNING"
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
        import django

        django.setup()
        figures = measure(options.rows, options.rounds)
        from django.db import connection

        connection.close()
    ok = not figures["over"]
    print(json.dumps({"name": "admin_lists", **figures, "rounds": options.rounds, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
