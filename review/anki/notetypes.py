"""Note types and decks, of both schemas: JSON in one row, or tables of protocol buffers. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.anki import wire

SEPARATOR = "\x1f"  # of the levels of a deck's name in the tables
DEFAULT_DECK = "Default"


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of card that a note makes."""

    name: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Notetype:
    """What a note's fields are called, and the cards it makes."""

    id: int
    name: str
    is_cloze: bool
    fields: Sequence[str]
    templates: Sequence[Template]
    css: str = ""

    def template(self, ordinal: int) -> Template | None:
        """Return the template of a card; a cloze's cards share one."""
        if self.is_cloze:
            return self.templates[0] if self.templates else None
        return self.templates[ordinal] if 0 <= ordinal < len(self.templates) else None


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck by the names of its levels."""

    id: int
    path: Sequence[str]
    is_filtered: bool = False


def notetypes_of_json(text: str) -> dict[int, Notetype]:
    """Return the note types of an older collection; ValueError."""
    return {int(key): _notetype(int(key), row) for key, row in _object(text).items()}


def decks_of_json(text: str) -> dict[int, Deck]:
    """Return the decks of an older collection; ValueError."""
    return {
        int(key): Deck(int(key), _path(row.get("name", ""), "::"), bool(row.get("dyn")))
        for key, row in _object(text).items()
    }


def notetype_of_rows(
    key: int,
    name: str,
    config: bytes,
    fields: Sequence[str],
    templates: Sequence[tuple[str, bytes]],
) -> Notetype:
    """Return a note type of the tables; ValueError."""
    made = [Template(title, wire.text(blob, 1), wire.text(blob, 2)) for title, blob in templates]
    is_cloze = wire.first(config, 1) == 1
    return Notetype(key, name, is_cloze, list(fields), made, wire.text(config, 3))


def deck_of_row(key: int, name: str, kind: bytes) -> Deck:
    """Return a deck of the tables; ValueError."""
    is_filtered = any(number == 2 for number, _ in wire.fields(kind))
    return Deck(key, _path(name, SEPARATOR), is_filtered)


def _notetype(key: int, row: Mapping[str, Any]) -> Notetype:
    try:
        templates = sorted(row["tmpls"], key=lambda each: int(each.get("ord") or 0))
        fields = sorted(row["flds"], key=lambda each: int(each.get("ord") or 0))
        return Notetype(
            key,
            _stored(row.get("name", "")),
            row.get("type") == 1,
            [_stored(each["name"]) for each in fields],
            [Template(*(_stored(each[k]) for k in ("name", "qfmt", "afmt"))) for each in templates],
            _stored(row.get("css", "")),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("a note type is incomplete") from error


def _object(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isinstance(row, dict) for row in found.values()):
        raise ValueError("no object of objects")
    return found


def _path(name: object, separator: str) -> list[str]:
    return [part.strip() or "blank" for part in _stored(name).split(separator)]


def _stored(text: object) -> str:
    """Return a text as a database can store it: JSON may hold halves of characters, and NUL."""
    return str(text).replace("\x00", "").encode("utf-8", "replace").decode()
