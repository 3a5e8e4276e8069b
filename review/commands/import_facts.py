"""The facts of an import: whole columns of answers become rows of a binary COPY.

No text is made of their numbers here, and none is read there.
"""

import struct
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import orjson
from django.db import connection

from review.anki.log import ANSWER, Columns
from review.anki.memory import Memory
from review.commands.import_rows import copy
from review.states import memory_as_json

FACT_COLUMNS = {
    "user_id": ">i8", "sign": ">i2", "recorded_at": ">i8", "content_id": ">i8",
    "category_id": ">i8", "parameters_id": ">i8", "kind": "S6", "public_id": "V16",
    "reviewed_at": ">i8", "local_day": ">i4", "local_hour": ">i2", "taken_ms": ">i4",
    "stage_before": ">i2", "interval_before_days": ">f8", "due_at": ">i8", "rating": ">i2",
    "imported": "",
}  # fmt: skip
_APPEND = f"COPY review_reviewhistory ({', '.join(FACT_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_SIZE, _NULL = ">i4", -1  # a value's size stands before it, or -1 instead of both
_JSONB = 1  # the version that its binary form begins with
_EPOCH, _MICROSECOND = datetime.fromtimestamp(0, UTC), timedelta(microseconds=1)
_EPOCH_2000_US = 946_684_800_000_000
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_NAME_BYTES = 10
_COUNTER = (1 << 26) - 1  # the bits of a UUIDv7 that count what was made in its millisecond
_SETS = 1 << 47  # in the moment of a fact that sets a memory: it stands behind all answers
_KNOWN = """
SELECT content_id, floor(extract(epoch FROM reviewed_at) * 1000)::bigint, rating, taken_ms
FROM review_reviewhistory
WHERE content_id = ANY(%s) AND sign = 1 AND rating IS NOT NULL
ORDER BY content_id, reviewed_at, public_id
"""


class OfCard(NamedTuple):
    """What all facts of a card have in common."""

    content_id: int
    public_id: UUID
    category_id: int
    parameters_id: int


class FactRows:
    """Makes the rows of one learner's facts."""

    def __init__(
        self, user_id: int, now: datetime, local: Callable[[Columns], tuple[Columns, Columns]]
    ) -> None:
        """``local`` tells the learner's days, counted by day_number, and hours of moments in ms."""
        recorded_at = microseconds(now) - _EPOCH_2000_US
        self._shared = {
            "user_id": user_id, "sign": 1, "recorded_at": recorded_at, "kind": b"import"
        }  # fmt: skip
        self._local = local

    def answers(self, cards: Sequence[OfCard], answers: Sequence[Columns]) -> list[bytes]:
        """Return, card by card, the rows of its answers."""
        counts = [len(each) for each in answers]
        if not any(counts):
            return [b""] * len(cards)
        given = np.frombuffer(b"".join(each.tobytes() for each in answers), ANSWER)
        at, due_at = given["at"], given["due"] * 1000 - _EPOCH_2000_US
        values = {
            "public_id": _ids(cards, counts, at), "reviewed_at": at, "taken_ms": given["taken"],
            "stage_before": given["stage"], "interval_before_days": given["before"],
            "due_at": due_at, "rating": given["rating"], "imported": _kept(given),
        }  # fmt: skip
        rows = self._packed(cards, counts, values)
        packed, size = rows.tobytes(), rows.itemsize
        ends = np.cumsum(counts).tolist()
        return [packed[(end - n) * size : end * size] for n, end in zip(counts, ends, strict=True)]

    def memories(self, cards: Sequence[OfCard], memories: Sequence[Memory]) -> list[bytes]:
        """Return the rows of the facts that set the cards' memories."""
        if not cards:
            return []
        counts = [1] * len(cards)
        at = np.array([microseconds(each.at) // 1000 for each in memories])
        due_at = np.array([microseconds(each.state.due_at) - _EPOCH_2000_US for each in memories])
        kept = np.array([orjson.dumps(memory_as_json(each.state)) for each in memories])
        values = {
            "public_id": _ids(cards, counts, at | _SETS), "reviewed_at": at, "taken_ms": 0,
            "stage_before": np.array([each.state.stage for each in memories]),
            "interval_before_days": 0, "due_at": due_at, "rating": None, "imported": _spaced(kept),
        }  # fmt: skip
        return [row.tobytes() for row in self._packed(cards, counts, values)]

    def _packed(
        self, cards: Sequence[OfCard], counts: Sequence[int], values: dict[str, Any]
    ) -> Columns:
        """Return the rows; ``reviewed_at`` is given in milliseconds."""
        at_ms = values["reviewed_at"]
        values |= self._shared
        values["reviewed_at"] = at_ms * 1000 - _EPOCH_2000_US
        values["local_day"], values["local_hour"] = self._local(at_ms)
        for name in ("content_id", "category_id", "parameters_id"):
            values[name] = np.repeat(np.array([getattr(card, name) for card in cards]), counts)
        return _binary(values, len(at_ms))


def _binary(values: Mapping[str, Any], count: int) -> Columns:
    """Return rows as COPY takes them: how many values, then the size of each and itself."""
    layout: list[tuple[str, str]] = [("value_count", ">i2")]
    for name, kind in FACT_COLUMNS.items():
        layout.append((f"{name} size", _SIZE))
        if name == "imported":
            layout += [("jsonb", "u1"), (name, values[name].dtype.str)]
        elif values[name] is not None:
            layout.append((name, kind))
    rows = np.empty(count, np.dtype(layout))
    rows["value_count"], rows["jsonb"] = len(FACT_COLUMNS), _JSONB
    for name in FACT_COLUMNS:
        if values[name] is None:
            rows[f"{name} size"] = _NULL
            continue
        rows[name] = values[name]
        rows[f"{name} size"] = rows.dtype[name].itemsize + (name == "imported")
    return rows


def _ids(cards: Sequence[OfCard], counts: Sequence[int], at_ms: Columns) -> Columns:
    """Return the facts' public ids: UUIDv7 of their card's time, then the moment.

    So a card's facts lie side by side in the index, and behind those of the cards before it.
    """
    ids = np.empty((len(at_ms), 16), np.uint8)
    names = np.frombuffer(b"".join(_name(card.public_id) for card in cards), np.uint8)
    ids[:, :_NAME_BYTES] = np.repeat(names.reshape(-1, _NAME_BYTES), counts, axis=0)
    ids[:, _NAME_BYTES:] = at_ms.astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
    return ids.view("V16").reshape(-1)


def _name(public_id: UUID) -> bytes:
    """Return the time a card was made, and what tells it from others of that time."""
    which = public_id.int >> 32 & _COUNTER
    parts = 0x7000 | which >> 14, 0x8000 | which & 0x3FFF
    return public_id.bytes[:6] + struct.pack(">2H", *parts)


def _kept(answers: Columns) -> Columns:
    """Return what Anki's rows say besides as JSON: type, interval, last interval, factor."""
    kept = np.stack([answers[name] for name in ("type", "ivl", "last", "factor")], axis=1)
    rows = orjson.dumps(kept, option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].split(b"],[")
    return _spaced(np.array([b"[%b]" % row for row in rows]))


def _spaced(texts: Columns) -> Columns:
    """Fill texts up with spaces, which mean nothing in JSON."""
    filled = texts.view(np.uint8)
    filled[filled == 0] = ord(" ")
    return texts


def append_facts(rows: bytes) -> None:
    """Append facts, rows as FactRows makes them."""
    copy(_APPEND, b"".join((_HEADER, rows, _TRAILER)))


def known_reviews(content_ids: Collection[int]) -> dict[int, list[tuple[int, int, int]]]:
    """Return, by content, the reviews it has: moment in ms, rating, time taken."""
    found: dict[int, list[tuple[int, int, int]]] = {key: [] for key in content_ids}
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN, [list(found)])
            for key, *review in cursor.fetchall():
                found[key].append((review[0], review[1], review[2]))
    return found


def microseconds(moment: datetime) -> int:
    """Return an instant as microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def day_number(day: date) -> int:
    """Return a day as the database counts them."""
    return day.toordinal() - _EPOCH_DAY
