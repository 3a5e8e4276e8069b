"""A collection's database, which others wrote: read-only, with limits, every value checked."""

import json
import sqlite3
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from review.anki.errors import TooNew, damaged
from review.anki.log import ROW, Columns
from review.anki.notetypes import (
    Deck,
    Notetype,
    deck_of_row,
    decks_of_json,
    notetype_of_rows,
    notetypes_of_json,
)

SCHEMA_MIN, SCHEMA_TABLES, SCHEMA_MAX = 11, 15, 18
VALUE_BYTES_MAX = 8 << 20
STATEMENT_SECONDS = 15.0
_DAY_MINUTES = 24 * 60
_STEPS = 100_000  # of SQLite's machine between two looks at the clock
_TABLES = {"col", "notes", "cards", "revlog"}
_INDEXES = {
    "notes": "CREATE INDEX IF NOT EXISTS resee_notes ON notes (id)",
    "cards": "CREATE INDEX IF NOT EXISTS ix_cards_nid ON cards (nid)",
    "revlog": "CREATE INDEX IF NOT EXISTS ix_revlog_cid ON revlog (cid)",
}
_NOTES = """
SELECT id, guid, mid, mod, tags, flds FROM notes WHERE id > ? ORDER BY id LIMIT ?
"""
_CARDS = """
SELECT nid, id, ord, did, type, queue, due, ivl, factor, reps, lapses, "left", odue, odid, flags,
       data
FROM cards WHERE nid BETWEEN ? AND ? ORDER BY nid, ord, id
"""
_DECKS = "SELECT DISTINCT CASE WHEN odid <> 0 THEN odid ELSE did END FROM cards"
_LOG_COLUMNS = ("cid", "id", "ease", "ivl", "lastIvl", "factor", "time", "type")  # of log.ROW
# Whatever stands there is a number when it comes out; of text that is none, 0.
_LOG = f"""
SELECT {", ".join(f"ifnull(CAST({name} AS INTEGER), 0)" for name in _LOG_COLUMNS)} FROM revlog
WHERE cid IN (SELECT id FROM cards WHERE nid BETWEEN ? AND ?) ORDER BY cid, id
"""  # noqa: S608  column names of ours


@dataclass(slots=True)
class CardRow:
    """A card as it stands."""

    id: int
    ordinal: int
    deck_id: int
    type: int
    queue: int
    due: int
    interval: int
    factor: int
    reps: int
    lapses: int
    left: int
    original_due: int
    original_deck_id: int
    flags: int
    data: str


@dataclass(slots=True)
class NoteRow:
    """A note with its cards."""

    id: int
    guid: str
    notetype_id: int
    modified_at: int  # seconds
    tags: list[str]
    fields: list[str]
    cards: list[CardRow] = field(default_factory=list)


class Batch(NamedTuple):
    """Some notes, and what the review log says of their cards."""

    notes: list[NoteRow]
    log: Columns


class Collection:
    """An unpacked collection; raises the classes of ``errors``."""

    def __init__(self, path: Path) -> None:
        self._until = 0.0
        with _checked():
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._guard()
            self._check_tables()
            self._db.execute("PRAGMA journal_mode = MEMORY")
            for statement in _INDEXES.values():
                self._within()
                self._db.execute(statement)
            self._read_header()

    def close(self) -> None:
        """Close the database."""
        self._db.set_progress_handler(None, 0)  # it knows us: nobody would be freed
        self._db.close()

    def count(self, table: str) -> int:
        """Return how many rows ``notes``, ``cards`` or ``revlog`` has."""
        with _checked():
            return int(self._rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608

    def decks_with_cards(self) -> list[int]:
        """Return the decks that cards belong to, also while they are in filtered ones."""
        with _checked():
            return [int(key) for (key,) in self._rows(_DECKS)]

    def notes(self, after: int, count: int) -> Batch:
        """Return the next notes by id with their cards, and the cards' logs: ``count`` at most."""
        with _checked():
            notes = [_note(row) for row in self._rows(_NOTES, after, count)]
            if not notes:
                return Batch([], np.empty(0, ROW))
            between = notes[0].id, notes[-1].id
            by_id = {note.id: note for note in notes}
            for nid, *rest in self._rows(_CARDS, *between):
                if note := by_id.get(nid):
                    note.cards.append(_card(rest))
            self._within()
            numbers = chain.from_iterable(self._db.execute(_LOG, between))
            return Batch(notes, np.fromiter(numbers, np.int64).view(ROW))

    def batches(self, after: int, count: int) -> Iterator[Batch]:
        """Yield all notes after ``after``, some at a time."""
        while (batch := self.notes(after, count)).notes:
            yield batch
            after = batch.notes[-1].id

    def _rows(self, statement: str, *values: object) -> list[Any]:
        self._within()
        return self._db.execute(statement, values).fetchall()

    def _guard(self) -> None:
        self._db.create_collation("unicase", _unicase)
        self._db.execute("PRAGMA trusted_schema = OFF")
        self._db.execute("PRAGMA cell_size_check = ON")
        self._db.execute("PRAGMA mmap_size = 0")
        self._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX)
        self._db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._db.set_progress_handler(lambda: time.monotonic() > self._until, _STEPS)
        self._db.text_factory = lambda raw: raw.decode("utf-8", "replace").replace("\x00", "")
        self._within()

    def _within(self) -> None:
        self._until = time.monotonic() + STATEMENT_SECONDS

    def _check_tables(self) -> None:
        rows = self._rows("SELECT name, type, sql FROM sqlite_master")
        tables = {name for name, kind, sql in rows if kind == "table" and _is_plain(sql)}
        if not tables >= _TABLES:
            raise damaged("it lacks a table")
        if any(kind in {"view", "trigger"} for _, kind, _ in rows):
            raise damaged("its database holds code")

    def _read_header(self) -> None:
        rows = self._rows("SELECT crt, ver, models, decks, conf FROM col LIMIT 1")
        if not rows:
            raise damaged("its header is missing")
        created, version, models, decks, conf = rows[0]
        if int(version) > SCHEMA_MAX:
            raise TooNew("A newer Anki has written this package.", field="file")
        if int(version) < SCHEMA_MIN:
            raise damaged("it is of an Anki older than 2.0")
        has_tables = int(version) >= SCHEMA_TABLES
        config = self._config_rows() if has_tables else json.loads(conf or "{}")
        self.notetypes = self._notetype_rows() if has_tables else notetypes_of_json(models)
        self.decks = self._deck_rows() if has_tables else decks_of_json(decks)
        self.scheduler = int(config.get("schedVer") or 1)
        west = config.get("creationOffset")
        self.created_at = int(created)  # seconds; due days are counted from its day
        self.minutes_west = west if isinstance(west, int) and abs(west) < _DAY_MINUTES else None

    def _config_rows(self) -> dict[str, Any]:
        wanted = "SELECT key, val FROM config WHERE key IN ('schedVer', 'creationOffset')"
        return {key: json.loads(value) for key, value in self._rows(wanted)}

    def _notetype_rows(self) -> dict[int, Notetype]:
        fields: dict[int, list[str]] = defaultdict(list)
        templates: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
        for key, name in self._rows("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
            fields[key].append(name)
        listed = "SELECT ntid, name, config FROM templates ORDER BY ntid, ord"
        for key, name, config in self._rows(listed):
            templates[key].append((name, config))
        return {
            key: notetype_of_rows(key, name, config, fields[key], templates[key])
            for key, name, config in self._rows("SELECT id, name, config FROM notetypes")
        }

    def _deck_rows(self) -> dict[int, Deck]:
        rows = self._rows("SELECT id, name, kind FROM decks")
        return {key: deck_of_row(key, name, kind) for key, name, kind in rows}


@contextmanager
def _checked() -> Iterator[None]:
    try:
        yield
    except (
        sqlite3.Error, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
        RecursionError, MemoryError,
    ) as error:  # fmt: skip
        raise damaged("its database cannot be read") from error


def _note(row: Sequence[Any]) -> NoteRow:
    key, guid, notetype_id, modified_at, tags, fields = row
    return NoteRow(
        int(key), str(guid), int(notetype_id), int(modified_at), str(tags).split(),
        str(fields).split("\x1f"),
    )  # fmt: skip


def _card(row: Sequence[Any]) -> CardRow:
    *numbers, data = row
    return CardRow(*map(int, numbers), str(data))  # type: ignore[arg-type, call-arg]


def _is_plain(sql: object) -> bool:
    """Tell whether a table is a table: no virtual one, no generated columns."""
    text = str(sql).upper()
    return text.startswith("CREATE TABLE") and "GENERATED" not in text


def _unicase(one: str, other: str) -> int:
    """Order names as Anki's own collation does: without case."""
    left, right = (unicodedata.normalize("NFKC", name).casefold() for name in (one, other))
    return (left > right) - (left < right)
