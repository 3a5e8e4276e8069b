"""The statements of an import: they look up and store hundreds of contents with their schedules."""

import os
import socket
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from accounts.queries.learners import Learner

# It waits for no disk: after a crash nobody has any of these keys.
_KEYS = """
SELECT nextval('review_content_id_seq'), set_config('synchronous_commit', 'off', true)
FROM generate_series(1, %s)
"""
CONTENT_COLUMNS = (
    "id", "public_id", "user_id", "category_id", "note_id", "front", "back", "gloss", "example",
    "normal_form", "tags", "media", "source", "created_at", "updated_at",
)  # fmt: skip
SCHEDULE_COLUMNS = (
    "content_id", "user_id", "stage", "step", "stability", "difficulty", "added_at", "due_at",
    "reviewed_at", "reps", "lapses", "suspended_at", "buried_until", "leech_at",
)  # fmt: skip
NULL = "\\N"
_CHUNK_BYTES, _SENT_AHEAD_BYTES = 1 << 18, 4 << 20  # the kernel may allow less
_DECK = """
UPDATE review_content SET source = jsonb_set(source, '{anki,deck}', to_jsonb(%s::text))
WHERE id = ANY(%s)
"""
# Key by key: what the planner knows of a table that is being filled misleads it.
_KNOWN = """
SELECT id, public_id, note_id, category_id, source::text, front, back, tags,
       floor(extract(epoch FROM updated_at))::bigint
FROM review_content
WHERE user_id = %(user)s AND id = ANY(ARRAY(
    SELECT content.id FROM unnest(%(notes)s::uuid[]) AS wanted (key),
        LATERAL (SELECT id FROM review_content WHERE note_id = wanted.key OFFSET 0) AS content
    UNION
    SELECT content.id FROM unnest(%(ids)s::uuid[]) AS wanted (key),
        LATERAL (SELECT id FROM review_content WHERE public_id = wanted.key OFFSET 0) AS content
))
ORDER BY id
"""


class KnownContent(NamedTuple):
    """A content that is here already."""

    id: int
    public_id: UUID
    note_id: UUID
    category_id: int
    source: dict[str, Any]
    front: str
    back: str
    tags: list[str]
    changed_at: int  # seconds


def new_keys(count: int) -> list[int]:
    """Return keys for that many contents."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [count])
        return [key for key, _ in cursor.fetchall()]


def known_contents(
    learner: Learner, note_ids: Collection[UUID], public_ids: Collection[UUID]
) -> list[KnownContent]:
    """Return the learner's contents of these notes, or with these ids."""
    wanted: dict[str, int | str] = {
        "user": learner.id,
        "notes": _uuids(note_ids),
        "ids": _uuids(public_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, wanted)
        rows = [(*row[:4], orjson.loads(row[4]), *row[5:]) for row in cursor.fetchall()]
    return [KnownContent(*row) for row in rows]


def _uuids(keys: Iterable[UUID]) -> str:
    return f"{{{','.join([key.hex for key in keys])}}}"


def remember_deck(deck: str, content_ids: Collection[int]) -> None:
    """Keep which deck the contents are in now."""
    with connection.cursor() as cursor:
        cursor.execute(_DECK, [deck, list(content_ids)])


def store_contents(rows: bytes) -> None:
    """Store contents, rows of CONTENT_COLUMNS as ``row`` makes them."""
    copy(f"COPY review_content ({', '.join(CONTENT_COLUMNS)}) FROM STDIN", rows)


def store_schedules(rows: bytes) -> None:
    """Store schedules, rows of SCHEDULE_COLUMNS as ``row`` makes them."""
    copy(f"COPY review_reviewschedule ({', '.join(SCHEDULE_COLUMNS)}) FROM STDIN", rows)


def send_ahead() -> None:
    """Let the kernel take a whole batch at once: who stores it does not wait for who sends it."""
    connection.ensure_connection()
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as sent:
        sent.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT_AHEAD_BYTES)


def copy(statement: str, rows: bytes) -> None:
    """Send rows, ready made, into a table."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as to,
    ):
        for start in range(0, len(rows), _CHUNK_BYTES):
            to.write(rows[start : start + _CHUNK_BYTES])


def row(*values: str) -> str:
    """Return a row as COPY takes it; its values are free of tabs, line ends and backslashes."""
    return "\t".join(values) + "\n"


def array(texts: Iterable[str]) -> str:
    """Return an array as PostgreSQL writes it."""
    plain = [each.replace("\\", "\\\\").replace('"', '\\"') for each in texts]
    quoted = ",".join([f'"{each}"' for each in plain])
    return f"{{{quoted}}}"


def escaped(text: str) -> str:
    """Return a text as it may stand in a row."""
    text = text.replace("\\", "\\\\").replace("\t", "\\t")  # many a text has none of them
    return text.replace("\n", "\\n").replace("\r", "\\r")


@lru_cache(maxsize=4096, typed=True)  # 1 is no double, 1.0 is no integer
def as_text(value: datetime | float | None) -> str:
    """Return a moment, a number or nothing as it stands in a row; many rows have the same."""
    if value is None:
        return NULL
    return value.isoformat() if isinstance(value, datetime) else repr(value)
