"""Recognised lines joined to running text that knows its sentences and where each line began."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocr.lemmas import is_known

_LETTERS = r"[^\W\d_]+"
_BROKEN = re.compile(rf"({_LETTERS})[-\u2010\u00ad]$")
_REST = re.compile(_LETTERS)
_SHORT = 0.6  # of the usual line: a paragraph ends here
_PARAGRAPH = "\n\n"


@dataclass(frozen=True, slots=True)
class LineText:
    """One recognised line: its place in reading order and what it says.

    ``starts_paragraph`` says that no sentence runs into it from the line before.
    """

    position: int
    text: str
    starts_paragraph: bool = False


@dataclass(frozen=True, slots=True)
class RunningText:
    """Text joined from lines; offsets are into ``text``, starts ascend."""

    text: str
    lines: Sequence[LineText]
    line_starts: Sequence[int]
    sentences: Sequence[str]
    sentence_starts: Sequence[int]

    def line_at(self, offset: int) -> LineText:
        """Return the line in which the character at ``offset`` stands."""
        return self.lines[bisect_right(self.line_starts, offset) - 1]

    def sentence_at(self, offset: int) -> str:
        """Return the sentence in which the character at ``offset`` stands."""
        return self.sentences[bisect_right(self.sentence_starts, offset) - 1]


def running_text(lines: Sequence[LineText]) -> RunningText:
    """Join lines in reading order: broken words become whole, a paragraph's end ends a sentence."""
    from simplemma import split_sentences

    lines = [line for line in lines if line.text.strip()]
    text, starts = "", []
    for line, gap in zip(lines, ["", *_gaps(lines)], strict=False):
        text = _without_hyphen(text, line.text.strip()) if gap is None else text + gap
        starts.append(len(text))
        text += line.text.strip()
    sentences = split_sentences(text, lang="en")
    return RunningText(text, lines, starts, sentences, list(_starts(text, sentences)))


def _gaps(lines: Sequence[LineText]) -> Iterator[str | None]:
    """Yield what stands between a line and the next; None when a word runs on."""
    lengths = sorted(len(line.text) for line in lines)
    usual = lengths[len(lengths) * 3 // 4] if lengths else 0  # most lines are shorter or as long
    for line, following in pairwise(lines):
        if following.starts_paragraph:
            yield _PARAGRAPH
        elif _BROKEN.search(line.text.rstrip()) and _REST.match(following.text.lstrip()):
            yield None
        else:
            is_last = len(line.text) < _SHORT * usual and not line.text.endswith(",")
            yield _PARAGRAPH if is_last else " "


def _without_hyphen(text: str, following: str) -> str:
    """Return ``text`` less its last hyphen, unless that belongs to a compound (well-known)."""
    broken, rest = _BROKEN.search(text), _REST.match(following)
    if broken is None or rest is None:
        return text
    head, tail = broken[1].lower(), rest[0].lower()
    is_compound = is_known(f"{head}-{tail}")
    is_whole = is_known(head + tail) or not (is_known(head) and is_known(tail))
    return text[:-1] if is_whole and not is_compound else text


def _starts(text: str, sentences: Sequence[str]) -> Iterator[int]:
    """Yield where each sentence begins."""
    offset = 0
    for sentence in sentences:
        offset = text.index(sentence, offset)
        yield offset
        offset += len(sentence)
