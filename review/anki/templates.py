"""A template and a note's fields -> the two sides of a card. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from review.anki.field_filters import applied

_TOKEN = re.compile(r"(?s)<!--(?P<comment>.*?)-->|\{\{(?P<key>.*?)\}\}")
_OTHER_BRACKETS = "{{=<% %>=}}"
_BLANK = re.compile(r"(?i)(?:\s|</?(?:br|div) ?/?>)*")
_DEPTH_MAX = 50
_CLOZE_KEY = re.compile(r"c\d+")


class BadTemplate(Exception):
    """Sections that are not closed, or a field that the note type has not."""


@dataclass(frozen=True, slots=True)
class _Value:
    name: str
    filters: Sequence[str]


@dataclass(slots=True)
class _Section:
    name: str
    is_wanted: bool
    nodes: list["_Node"] = field(default_factory=list)


_Node = str | _Value | _Section


@dataclass(frozen=True, slots=True)
class Side:
    """What a template is filled with: ``ordinal`` counts from 1, clozes do too."""

    values: Mapping[str, str]
    ordinal: int
    is_question: bool


def is_blank(value: str) -> bool:
    """Tell whether a field holds nothing that could be seen."""
    return _BLANK.fullmatch(value) is not None


def rendered(template: str, side: Side) -> str:
    """Return the HTML of one side; BadTemplate."""
    return "".join(_shown(_parsed(template), side))


def shows_something(template: str, side: Side) -> bool:
    """Tell whether any field with something in it stands on this side; BadTemplate."""
    return _has_value(_parsed(template), side)


@lru_cache(maxsize=1024)
def _parsed(template: str) -> list[_Node]:
    if _OTHER_BRACKETS in template:
        template = template.replace(_OTHER_BRACKETS, "").replace("<%", "{{").replace("%>", "}}")
    open_ones = [_Section("", is_wanted=True)]
    at = 0
    for token in _TOKEN.finditer(template):
        open_ones[-1].nodes.append(template[at : token.start()])
        at = token.end()
        if token["key"] is None:
            open_ones[-1].nodes.append(token[0])
        else:
            _take(token["key"].strip().lstrip("{").strip(), open_ones)
    if len(open_ones) > 1 or "{{" in template[at:]:
        raise BadTemplate("something is not closed")
    return [*open_ones[0].nodes, template[at:]]


def _take(key: str, open_ones: list[_Section]) -> None:
    """Open or close a section, or put a value into the one that is open."""
    mark, name = key[:1], key[1:].strip()
    if mark in ("#", "^"):
        if len(open_ones) > _DEPTH_MAX:
            raise BadTemplate("too many sections in one another")
        section = _Section(name, mark == "#")
        open_ones[-1].nodes.append(section)
        open_ones.append(section)
    elif mark == "/":
        if len(open_ones) == 1 or open_ones.pop().name != name:
            raise BadTemplate(f"{name} is closed and was not opened")
    else:
        *filters, last = key.split(":")
        names = [each.strip() for each in reversed(filters)]
        open_ones[-1].nodes.append(_Value(last.strip(), names))


def _shown(nodes: Sequence[_Node], side: Side) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif isinstance(node, _Value):
            yield _filled(node, side)
        elif _is_shown(node, side):
            yield from _shown(node.nodes, side)


def _is_shown(section: _Section, side: Side) -> bool:
    value = side.values.get(section.name)
    if value is None and not _CLOZE_KEY.fullmatch(section.name):
        raise BadTemplate(f"there is no field {section.name}")
    return is_blank(value or "") != section.is_wanted


def _filled(value: _Value, side: Side) -> str:
    text = side.values.get(value.name)
    if text is None:
        raise BadTemplate(f"there is no field {value.name}")
    for name in value.filters:
        text = applied(
            name, text, field=value.name, ordinal=side.ordinal, is_question=side.is_question
        )
    return text


def _has_value(nodes: Sequence[_Node], side: Side) -> bool:
    for node in nodes:
        if isinstance(node, _Value) and not is_blank(side.values.get(node.name, "")):
            return True
        if isinstance(node, _Section) and _is_shown(node, side) and _has_value(node.nodes, side):
            return True
    return False
