"""Writing a package that every Anki since 2.1 reads: the second generation, schema 11."""

import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from review.anki.field_filters import text
from review.anki.notetypes import Notetype
from review.scheduling import Parameters

DEFAULT_CONFIG = 1
_META = b"\x08\x02"
_TABLES = """
CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL,
    scm integer NOT NULL, ver integer NOT NULL, dty integer NOT NULL, usn integer NOT NULL,
    ls integer NOT NULL, conf text NOT NULL, models text NOT NULL, decks text NOT NULL,
    dconf text NOT NULL, tags text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL,
    mod integer NOT NULL, usn integer NOT NULL, tags text NOT NULL, flds text NOT NULL,
    sfld integer NOT NULL, csum integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL,
    ord integer NOT NULL, mod integer NOT NULL, usn integer NOT NULL, type integer NOT NULL,
    queue integer NOT NULL, due integer NOT NULL, ivl integer NOT NULL, factor integer NOT NULL,
    reps integer NOT NULL, lapses integer NOT NULL, left integer NOT NULL, odue integer NOT NULL,
    odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL,
    ease integer NOT NULL, ivl integer NOT NULL, lastIvl integer NOT NULL,
    factor integer NOT NULL, time integer NOT NULL, type integer NOT NULL);
CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);
"""
_INDEXES = """
CREATE INDEX ix_notes_usn ON notes (usn);
CREATE INDEX ix_cards_usn ON cards (usn);
CREATE INDEX ix_revlog_usn ON revlog (usn);
CREATE INDEX ix_cards_nid ON cards (nid);
CREATE INDEX ix_cards_sched ON cards (did, queue, due);
CREATE INDEX ix_revlog_cid ON revlog (cid);
CREATE INDEX ix_notes_csum ON notes (csum);
"""
_NOTE = "INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')"
_CARD = "INSERT INTO cards VALUES (?, ?, ?, ?, ?, -1, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)"
_LOG = "INSERT INTO revlog VALUES (?, ?, -1, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class NoteOut:
    """A note to be written."""

    id: int
    guid: str
    notetype_id: int
    modified_at: int
    tags: Sequence[str]
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class CardOut:
    """A card to be written, as the columns of Anki's table."""

    id: int
    note_id: int
    deck_id: int
    ordinal: int
    modified_at: int
    type: int
    queue: int
    due: int
    interval: int
    factor: int
    reps: int
    lapses: int
    left: int
    flags: int
    data: str


@dataclass(slots=True)
class Header:
    """What stands once in a collection; ``decks`` by name with the key of their parameters."""

    created_at: int
    minutes_west: int
    rollover_hour: int
    now: int
    notetypes: dict[int, Notetype] = field(default_factory=dict)
    decks: dict[str, tuple[int, int]] = field(default_factory=dict)
    parameters: dict[int, Parameters] = field(default_factory=dict)


class Writer:
    """A collection being written at ``path``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")

    def note(self, note: NoteOut) -> None:
        """Add a note."""
        first = text(note.fields[0]) if note.fields else ""
        checksum = int(hashlib.sha1(first.encode(), usedforsecurity=False).hexdigest()[:8], 16)
        tags = f" {' '.join(note.tags)} " if note.tags else ""
        row = (note.id, note.guid, note.notetype_id, note.modified_at, tags)
        self._db.execute(_NOTE, (*row, "\x1f".join(note.fields), first, checksum))

    def card(self, card: CardOut) -> None:
        """Add a card."""
        self._db.execute(_CARD, [getattr(card, name) for name in CardOut.__slots__])

    def log(self, rows: Iterable[Sequence[int]]) -> None:
        """Add rows of the review log: id, card, ease, ivl, last ivl, factor, time, type."""
        self._db.executemany(_LOG, rows)

    def close(self, header: Header) -> None:
        """Write what stands once, and close."""
        milliseconds = header.now * 1000
        self._db.execute(
            "INSERT INTO col VALUES (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, '{}')",
            [
                header.created_at,
                milliseconds,
                milliseconds,
                *map(json.dumps, (_conf(header), _models(header), _decks(header), _dconf(header))),
            ],
        )
        self._db.execute("COMMIT")
        self._db.executescript(_INDEXES)
        self._db.close()


def pack(collection: Path, media: Mapping[str, bytes], to: Path) -> None:
    """Write the package ``to``; ``media`` yields each file when it is asked for by name."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        archive.writestr("meta", _META)
        archive.write(collection, "collection.anki21")
        names = dict(enumerate(media))
        for number, name in names.items():
            archive.writestr(str(number), media[name], zipfile.ZIP_STORED)
        archive.writestr("media", json.dumps({str(n): name for n, name in names.items()}))


def _conf(header: Header) -> dict[str, Any]:
    return {
        "schedVer": 2,
        "sched2021": True,
        "fsrs": True,
        "creationOffset": header.minutes_west,
        "rollover": header.rollover_hour,
        "curDeck": 1,
        "activeDecks": [1],
        "nextPos": 1,
        "collapseTime": 1200,
        "curModel": next(iter(header.notetypes), 0),
    }


def _models(header: Header) -> dict[str, Any]:
    return {str(key): _model(key, kind, header.now) for key, kind in header.notetypes.items()}


def _model(key: int, kind: Notetype, now: int) -> dict[str, Any]:
    blank = {"bqfmt": "", "bafmt": "", "did": None, "bfont": "", "bsize": 0}
    font = {"sticky": False, "rtl": False, "font": "Arial", "size": 20, "media": []}
    return {
        "id": key, "name": kind.name, "type": int(kind.is_cloze), "mod": now, "usn": -1,
        "sortf": 0, "did": None, "css": kind.css, "latexPre": "", "latexPost": "",
        "latexsvg": False, "tags": [], "vers": [], "req": [],
        "tmpls": [
            {"name": each.name, "ord": n, "qfmt": each.question, "afmt": each.answer, **blank}
            for n, each in enumerate(kind.templates)
        ],
        "flds": [{"name": name, "ord": n, **font} for n, name in enumerate(kind.fields)],
    }  # fmt: skip


def _decks(header: Header) -> dict[str, Any]:
    named = {"Default": (1, DEFAULT_CONFIG)} | header.decks
    today = {name: [0, 0] for name in ("newToday", "revToday", "lrnToday", "timeToday")}
    return {
        str(key): {
            "id": key, "name": name, "mod": header.now, "usn": -1, "desc": "", "dyn": 0,
            "conf": config, "collapsed": False, "browserCollapsed": False, "extendNew": 0,
            "extendRev": 0, **today,
        }
        for name, (key, config) in named.items()
    }  # fmt: skip


def _dconf(header: Header) -> dict[str, Any]:
    rules = {DEFAULT_CONFIG: Parameters()} | header.parameters
    return {str(key): _config(key, each, header.now) for key, each in rules.items()}


def _config(key: int, rules: Parameters, now: int) -> dict[str, Any]:
    is_own = rules.weights != Parameters().weights
    return {
        "id": key, "mod": now, "usn": -1, "maxTaken": 60, "autoplay": True, "timer": 0,
        "name": "Default" if key == DEFAULT_CONFIG else f"Resee {key}", "replayq": True,
        "dyn": False,
        "new": {
            "delays": [seconds / 60 for seconds in rules.learning_steps_seconds],
            "bury": False, "initialFactor": 2500, "ints": [1, 4, 0], "order": 1, "perDay": 20,
        },
        "rev": {
            "bury": False, "ease4": 1.3, "ivlFct": 1.0, "perDay": 200, "hardFactor": 1.2,
            "maxIvl": rules.maximum_interval_days,
        },
        "lapse": {
            "delays": [seconds / 60 for seconds in rules.relearning_steps_seconds],
            "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0,
        },
        "fsrsParams6": list(rules.weights) if is_own else [],
        "desiredRetention": rules.desired_retention,
    }  # fmt: skip
