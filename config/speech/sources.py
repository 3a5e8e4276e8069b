"""Rows that can be read aloud: their apps say how their text is found."""

from collections.abc import Callable
from uuid import UUID

TextOf = Callable[[int, UUID], str]
"""Of a learner's key and a row's public id; raises NotFound for another's row."""

_sources: dict[str, TextOf] = {}


def register(name: str, text_of: TextOf) -> None:
    """Have rows read aloud by their ids; called in ``AppConfig.ready``."""
    _sources[name] = text_of


def names() -> list[str]:
    """Return what can be read aloud besides a text, in alphabetical order."""
    return sorted(_sources)


def text_of(name: str, user_id: int, public_id: UUID) -> str:
    """Return the text of the learner's row; what the source raises, KeyError for none."""
    return _sources[name](user_id, public_id)
