"""The statements of an import: they look up and store hundreds of cards with all their reviews.

Facts go by binary COPY: no text is made of their numbers here, and none is read there.
"""

import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import NoneType
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection

from accounts.queries.learners import Learner
from review.anki.log import Review
from review.scheduling import MemoryState
from review.states import memory_as_json

_COLUMNS = (
    "user_id", "sign", "recorded_at", "content_id", "category_id", "parameters_id", "kind",
    "public_id", "reviewed_at", "local_day", "local_hour", "taken_ms", "stage_before",
    "interval_before_days", "due_at", "rating", "imported",
)  # fmt: skip
_APPEND = f"COPY review_reviewhistory ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_OF_CARD = struct.Struct(">h iq ih iq iq iq iq i6s")  # each value after its length
_REVIEW = struct.Struct(">i16s iq ii ih ii ih id iq ih iB")
_MEMORY = struct.Struct(">i16s iq ii ih ii ih id iq i iB")
_JSONB = 1  # the version that its binary form begins with
_CHUNK_BYTES = 1 << 16
_EPOCH, _MICROSECOND = datetime.fromtimestamp(0, UTC), timedelta(microseconds=1)
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


class FactCopy:
    """Facts on their way into the database: it stores them while the next are made."""

    def __init__(self, to: Any) -> None:
        """``to`` is the COPY they go into; with None they are only counted."""
        self._to, self._buffer, self.count = to, bytearray(_HEADER), 0

    def add(self, rows: Sequence[bytes]) -> None:
        """Send some facts, as packed_reviews and packed_memory make them."""
        self.count += len(rows)
        if self._to is not None:
            self._buffer += b"".join(rows)
            if len(self._buffer) > _CHUNK_BYTES:
                self._send()

    def end(self) -> None:
        """Send what is left."""
        if self._to is not None:
            self._buffer += _TRAILER
            self._send()

    def _send(self) -> None:
        self._to.write(bytes(self._buffer))
        self._buffer.clear()


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


@contextmanager
def appending_facts(*, is_dry_run: bool = False) -> Iterator[FactCopy]:
    """Take facts and append them; until the end the connection can do nothing else."""
    if is_dry_run:
        yield FactCopy(None)
        return
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_APPEND) as to:
        facts = FactCopy(to)
        yield facts
        facts.end()


def packed_card(
    learner: Learner, now: datetime, key: int, category_id: int, parameters_id: int
) -> bytes:
    """Return what all facts of a card begin with."""
    recorded = microseconds(now) - _EPOCH_2000_US
    return _OF_CARD.pack(
        len(_COLUMNS), 8, learner.id, 2, 1, 8, recorded, 8, key, 8, category_id, 8, parameters_id,
        6, b"import",
    )  # fmt: skip


def packed_reviews(
    of_card: bytes, name: bytes, local: Callable[[int], tuple[int, int]], reviews: Iterable[Review]
) -> list[bytes]:
    """Return the rows of a card's reviews; their moments follow ``name`` in their public ids."""
    rows, pack, shift = [], _REVIEW.pack, _EPOCH_2000_US
    for at_ms, rating, taken_ms, stage, interval, due_ms, row in reviews:
        day, hour = local(at_ms)
        _, _, ivl, last, factor, _, kind = row
        kept = b"[%d,%d,%d,%d]" % (kind, ivl, last, factor)
        rows.append(
            of_card + pack(
                16, name + at_ms.to_bytes(6, "big"), 8, at_ms * 1000 - shift, 4, day, 2, hour,
                4, taken_ms, 2, stage, 8, interval, 8, due_ms * 1000 - shift, 2, rating,
                len(kept) + 1, _JSONB,
            ) + kept
        )  # fmt: skip
    return rows


def packed_memory(
    of_card: bytes, name: bytes, local: tuple[int, int], at: datetime, state: MemoryState
) -> bytes:
    """Return the row of the fact that sets a card's memory."""
    at_us, kept = microseconds(at), orjson.dumps(memory_as_json(state))
    return of_card + _MEMORY.pack(
        16, name + (at_us // 1000).to_bytes(6, "big"), 8, at_us // 1000 * 1000 - _EPOCH_2000_US,
        4, local[0], 2, local[1], 4, 0, 2, state.stage, 8, 0.0,
        8, microseconds(state.due_at) - _EPOCH_2000_US, -1, len(kept) + 1, _JSONB,
    ) + kept  # fmt: skip


def microseconds(moment: datetime) -> int:
    """Return an instant as microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


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
    text = "".join("\t".join([_TEXT[type(each)](each) for each in row]) + "\n" for row in rows)
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as to,
    ):
        to.write(text)


def _array(texts: list[str]) -> str:
    quoted = ",".join([f'"{each.translate(_IN_ARRAY)}"' for each in texts])
    return f"{{{quoted}}}".translate(_ESCAPES)


_TEXT: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: "\\N",
    int: str,
    float: repr,
    str: lambda value: value.translate(_ESCAPES),
    bytes: lambda value: value.decode().translate(_ESCAPES),
    datetime: datetime.isoformat,
    list: _array,
}
