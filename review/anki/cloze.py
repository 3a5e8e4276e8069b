"""Cloze deletions: ``{{c1::hidden::hint}}``, nested too. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(r"\{\{c(?P<ordinals>[\d,]+)::|(?P<end>\}\})", re.DOTALL)
_MATHS = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_DEPTH_MAX = 8


@dataclass(slots=True)
class _Cloze:
    ordinals: Sequence[int]
    nodes: list["str | _Cloze"] = field(default_factory=list)
    hint: str | None = None


_Node = str | _Cloze


def revealed(text: str, ordinal: int, *, is_question: bool) -> str:
    """Return a field as card ``ordinal`` (from 1) shows it; empty where it has no such cloze."""
    nodes = _parsed(text)
    if ordinal not in set(_ordinals(nodes)):
        return ""
    shown = "".join(_shown(node, ordinal, is_question=is_question) for node in nodes)
    return _MATHS.sub(lambda found: _TAG.sub("", found[0]), shown)


def only(text: str, ordinal: int, *, is_question: bool) -> str:
    """Return what card ``ordinal`` hides, without what stands round it."""
    found = [node for node in _walked(_parsed(text)) if ordinal in node.ordinals]
    return ", ".join(_hint(node) if is_question else _plain(node) for node in found)


def _parsed(text: str) -> list[_Node]:
    """Return the text's nodes; as in Anki, what is opened and not closed is not shown."""
    top: list[_Node] = []
    open_ones: list[_Cloze] = []
    at = 0
    for token in _TOKEN.finditer(text):
        into = open_ones[-1].nodes if open_ones else top
        if token.start() > at:
            into.append(text[at : token.start()])
        at = token.end()
        if token["end"] is None:
            ordinals = [int(each[:6]) for each in token["ordinals"].split(",") if each]
            if len(open_ones) < _DEPTH_MAX:
                open_ones.append(_Cloze(ordinals))
                continue
            into.append(token[0])
        elif open_ones:
            closed = _with_hint(open_ones.pop())
            (open_ones[-1].nodes if open_ones else top).append(closed)
        else:
            into.append(token[0])
    into = open_ones[-1].nodes if open_ones else top
    if at < len(text):
        into.append(text[at:])
    return top


def _with_hint(cloze: _Cloze) -> _Cloze:
    """Take the hint, which stands after the last ``::`` of a cloze's own text."""
    if cloze.nodes and isinstance(cloze.nodes[-1], str) and "::" in cloze.nodes[-1]:
        cloze.nodes[-1], _, cloze.hint = cloze.nodes[-1].partition("::")
    return cloze


def _shown(node: _Node, ordinal: int, *, is_question: bool) -> str:
    if isinstance(node, str):
        return node
    number = ",".join(map(str, node.ordinals))
    is_active = ordinal in node.ordinals
    if is_active and is_question:
        return f'<span class="cloze" data-ordinal="{number}">[{_hint(node)}]</span>'
    inner = "".join(_shown(each, ordinal, is_question=is_question) for each in node.nodes)
    kind = "cloze" if is_active else "cloze-inactive"
    return f'<span class="{kind}" data-ordinal="{number}">{inner}</span>'


def _hint(cloze: _Cloze) -> str:
    return "..." if cloze.hint is None else cloze.hint


def _plain(node: _Node) -> str:
    return node if isinstance(node, str) else "".join(map(_plain, node.nodes))


def _walked(nodes: Sequence[_Node]) -> Iterator[_Cloze]:
    for node in nodes:
        if not isinstance(node, str):
            yield node
            yield from _walked(node.nodes)


def _ordinals(nodes: Sequence[_Node]) -> Iterator[int]:
    for node in _walked(nodes):
        yield from node.ordinals
