"""What of an import is the database's own: the same rows, ready made, by COPY and nothing else.

Into the same tables with the same keys, indexes and triggers, in transactions of the same size.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.cpu import backend_cpu_ms

_CONTENTS_A_BATCH = 400
_OTHER_ID = "overlay(public_id::text PLACING 'f' FROM 20 FOR 1)::uuid"
_RANGE = "SELECT min(id), max(id) FROM review_content WHERE user_id = %s"
_NEXT = "SELECT setval('review_content_id_seq', nextval('review_content_id_seq') + %s)"


def floor(source_id: int, target_id: int) -> dict[str, float]:
    """Store one learner's cards and facts for another too; return the seconds of COPY alone."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(_RANGE, [source_id])
        first, last = cursor.fetchone()
        cursor.execute(_NEXT, [last - first + 1])
        shift = cursor.fetchone()[0] - last
        starts = range(first, last + 1, _CONTENTS_A_BATCH)
        batches = [list(_rows(cursor, source_id, target_id, start, shift)) for start in starts]

    def copy() -> None:
        for batch in batches:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
                for statement, rows in batch:
                    with cursor.copy(statement) as to:
                        to.write(rows)

    began = time.perf_counter()
    cpu_ms = backend_cpu_ms(copy)
    return {"copy_s": time.perf_counter() - began, "copy_cpu_s": cpu_ms / 1000}


def _rows(
    cursor: Any, source_id: int, target_id: int, start: int, shift: int
) -> Iterator[tuple[str, bytes]]:
    """Yield each table's COPY and its rows of some contents, with keys of their own."""
    from review.commands.import_facts import FACT_COLUMNS
    from review.commands.import_rows import CONTENT_COLUMNS, SCHEDULE_COLUMNS

    other = {
        "user_id": f"{target_id}::bigint", "public_id": _OTHER_ID, "id": f"id + {shift}",
        "content_id": f"content_id + {shift}",
    }  # fmt: skip
    tables: dict[str, tuple[str, str, Sequence[str]]] = {
        "review_reviewhistory": ("content_id", "id", tuple(FACT_COLUMNS)),
        "review_content": ("id", "id", CONTENT_COLUMNS),
        "review_reviewschedule": ("content_id", "content_id", SCHEDULE_COLUMNS),
    }
    end = start + _CONTENTS_A_BATCH - 1
    for table, (key, order, columns) in tables.items():
        chosen = ", ".join(other.get(name, name) for name in columns)
        query = f"""
            SELECT {chosen} FROM {table}
            WHERE user_id = {source_id} AND {key} BETWEEN {start} AND {end} ORDER BY {order}
        """  # noqa: S608  names and numbers of ours
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as found:
            rows = b"".join(bytes(part) for part in found)
        yield f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)", rows
