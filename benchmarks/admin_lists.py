"""Every list page of the admin at 100,000 rows a table.

    make bench NAME=admin_lists

Own PostgreSQL and Valkey in a temporary folder. One row of each table is made as the tests make it
and copied in SQL. Every list page is opened and searched in three interleaved rounds, as it is and
with Django's own habits (the whole table counted, rows joined one by one): the naive version. The
last line is JSON: pages, queries_max and naive_queries_max of one request, slowest_ms and
naive_slowest_ms (of three pages, medians), total_ms, naive_total_ms and their ratio, and the pages
that take more queries than the bar.
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
NUMBER_LENGTH = 8  # of a text that counts up
_NEXT = {
    "integer": "1000 + n",
    "bigint": "1000 + n",
    "uuid": "gen_random_uuid()",
    "date": "date '2000-01-01' - n",
    "timestamp with time zone": "now() - n * interval '1 minute'",
    "varchar": "'x' || n",
    "text": "'x' || n",
}


def fill(table: Any, rows: int) -> None:
    """Copy one row of a table until there are so many; what is unique counts up."""
    from django.db import connection

    from tests.admin_rows import a_row

    row = a_row(table.model, 1, {})
    if table.opts.pk.has_default():
        return  # a table of one row
    name, key = table.opts.db_table, table.opts.pk.column
    counting = counted(table.opts, row)
    columns, values = [], []
    for field in table.opts.concrete_fields:
        if not field.generated:
            columns.append(f'"{field.column}"')
            values.append(counting.get(field.name, f'{name}."{field.column}"'))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # keys are not looked up
        cursor.execute(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM {name}, generate_series(1, %s) AS n WHERE {name}.{key} = %s",
            [rows, row.pk],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(f"ANALYZE {name}")


def counted(opts: Any, row: Any) -> dict[str, str]:
    """Return SQL for the fields that count up: each unique one, and one of each unique group."""
    from django.db import connection

    able = {
        field.name: _NEXT[kind]
        for field in opts.concrete_fields
        if (kind := (field.rel_db_type(connection) or "").partition("(")[0]) in _NEXT
        if (field.max_length or NUMBER_LENGTH) >= NUMBER_LENGTH
        if getattr(row, field.attname) is not None
    }
    groups = [getattr(each, "fields", ()) for each in opts.constraints] + list(opts.unique_together)
    groups += [(field.name,) for field in opts.concrete_fields if field.unique]
    last = [[name for name in group if name in able][-1:] for group in groups]
    return {name: able[name] for names in last for name in names}


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
        slowest = sorted(times, key=lambda page: -times[page])[:3]
        figures[f"{prefix}queries_max"] = max(n for each in found.values() for _, n in each)
        figures[f"{prefix}slowest_ms"] = {page: round(times[page], 1) for page in slowest}
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
