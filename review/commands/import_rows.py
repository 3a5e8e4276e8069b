"""The statements of an import: they look up and store hundreds of cards with all their reviews.

Facts go by binary COPY: no text is made of their numbers here, and none is read there.
"""

import struct
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from accounts.queries.learners import Learner

_COLUMNS = (
    "user_id", "sign", "recorded_at", "public_id", "content_id", "category_id", "reviewed_at",
    "local_day", "local_hour", "taken_ms", "stage_before", "interval_before_days",
    "parameters_id", "due_at", "kind", "rating", "imported",
)  # fmt: skip
_APPEND = f"COPY review_reviewhistory ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_FIXED = (
    ("q", 8), ("h", 2), ("q", 8), ("16s", 16), ("q", 8), ("q", 8), ("q", 8), ("i", 4), ("h", 2),
    ("i", 4), ("h", 2), ("d", 8), ("q", 8), ("q", 8), ("6s", 6),
)  # fmt: skip
_START = ">h" + "".join("i" + code for code, _ in _FIXED)
_REVIEW = struct.Struct(_START + "ihiB")
_MEMORY = struct.Struct(_START + "iiB")
_LENGTHS = [length for _, length in _FIXED]
_CHUNK_BYTES = 1 << 16
_EPOCH_2000_US = 946_684_800_000_000
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_KEYS = "SELECT nextval('review_content_id_seq') FROM generate_series(1, %s)"
_CONTENTS = """
COPY review_content
    (id, public_id, user_id, category_id, note_id, front, back, gloss, example, normal_form, tags,
     media, source, created_at, updated_at)
FROM STDIN
"""
_SCHEDULES = """
COPY review_reviewschedule
    (content_id, user_id, stage, step, stability, difficulty, added_at, due_at, reviewed_at, reps,
     lapses, suspended_at, buried_until, leech_at)
FROM STDIN
"""
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_IN_ARRAY = str.maketrans({"\\": "\\\\", '"': '\\"'})
_KNOWN = """
SELECT id, public_id, note_id, category_id, source::text, front, back, tags,
       floor(extract(epoch FROM updated_at))::bigint
FROM review_content
WHERE user_id = %(user)s
    AND (note_id = ANY(%(notes)s::uuid[]) OR public_id = ANY(%(ids)s::uuid[]))
ORDER BY id
"""
_FACTS = """
SELECT content_id, floor(extract(epoch FROM reviewed_at) * 1000)::bigint, rating, taken_ms
FROM review_reviewhistory
WHERE content_id = ANY(%s) AND sign = 1 AND rating IS NOT NULL
ORDER BY content_id, reviewed_at, public_id
"""


class ImportedFact(NamedTuple):
    """A review, or with no rating the memory a card came with; moments in milliseconds."""

    public_id: bytes
    content_id: int
    category_id: int
    at_ms: int
    local_day: int
    local_hour: int
    taken_ms: int
    stage_before: int
    interval_before_days: float
    parameters_id: int
    due_us: int
    rating: int | None
    imported: bytes


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
        return [key for (key,) in cursor.fetchall()]


def known_contents(
    learner: Learner, note_ids: Collection[UUID], public_ids: Collection[UUID]
) -> list[KnownContent]:
    """Return the learner's contents of these notes, or with these ids."""
    wanted: dict[str, Any] = {"user": learner.id, "notes": list(note_ids), "ids": list(public_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, wanted)
        rows = [(*row[:4], orjson.loads(row[4]), *row[5:]) for row in cursor.fetchall()]
    return [KnownContent(*row) for row in rows]


def known_reviews(content_ids: Collection[int]) -> dict[int, list[tuple[int, int, int]]]:
    """Return, by content, the reviews it has: moment in ms, rating, time taken."""
    found: dict[int, list[tuple[int, int, int]]] = {key: [] for key in content_ids}
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_FACTS, [list(found)])
            for key, *review in cursor.fetchall():
                found[key].append((review[0], review[1], review[2]))
    return found


def append_imported(learner: Learner, facts: Iterable[ImportedFact], now: datetime) -> int:
    """Append the facts and return how many they were."""
    count, buffer = 0, bytearray(_HEADER)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_APPEND) as to:
        for row in _packed(learner.id, facts, microseconds(now)):
            buffer += row
            count += 1
            if len(buffer) > _CHUNK_BYTES:
                to.write(bytes(buffer))
                buffer.clear()
        to.write(bytes(buffer) + _TRAILER)
    return count


def _packed(user_id: int, facts: Iterable[ImportedFact], now_us: int) -> Iterator[bytes]:
    shift = -_EPOCH_2000_US
    a, b, c, d, e, f, g, h, i, j, k, m, n, o, p = _LENGTHS
    recorded, columns = now_us + shift, len(_COLUMNS)
    for fact in facts:
        start = (
            columns, a, user_id, b, 1, c, recorded, d, fact[0], e, fact[1], f, fact[2],
            g, fact[3] * 1000 + shift, h, fact[4], i, fact[5], j, fact[6], k, fact[7], m, fact[8],
            n, fact[9], o, fact[10] + shift, p, b"import",
        )  # fmt: skip
        rating, imported = fact[11], fact[12]
        if rating is None:
            yield _MEMORY.pack(*start, -1, len(imported) + 1, 1) + imported
        else:
            yield _REVIEW.pack(*start, 2, rating, len(imported) + 1, 1) + imported


def microseconds(moment: datetime) -> int:
    """Return an instant as microseconds since 1970, exactly."""
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * 1_000_000 + moment.microsecond


def day_number(day: date) -> int:
    """Return a day as the database counts them."""
    return day.toordinal() - _EPOCH_DAY


def store_contents(rows: Iterable[tuple[object, ...]]) -> None:
    """Store contents given in the order of the statement's columns."""
    _copy(_CONTENTS, rows)


def store_schedules(rows: Iterable[tuple[object, ...]]) -> None:
    """Store schedules given in the order of the statement's columns."""
    _copy(_SCHEDULES, rows)


def _copy(statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    text = "".join("\t".join(map(_text, row)) + "\n" for row in rows)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as to,
    ):
        to.write(text)


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode().translate(_ESCAPES)
    if isinstance(value, list):
        quoted = ",".join(f'"{each.translate(_IN_ARRAY)}"' for each in value)
        return f"{{{quoted}}}".translate(_ESCAPES)
    return repr(value) if isinstance(value, float) else str(value)
