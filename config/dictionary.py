"""Definitions and examples of English words from WordNet's files, glosses from the operator's.

Without data nothing is found, and nothing else changes: cards start without a definition.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Protocol

from config.settings import home, variables

SYSTEM_DIR = Path("/usr/share/wordnet")
PARTS_OF_SPEECH = {"noun": "noun", "verb": "verb", "adj": "adjective", "adv": "adverb"}
_EXAMPLE = re.compile(r'"([^"]+)"')
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning; ``part_of_speech`` is noun, verb, adjective or adverb."""

    part_of_speech: str
    definition: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a dictionary says about a lemma: the part of speech it is met as most comes first.

    Within one, the most frequent meaning does.
    """

    lemma: str
    senses: tuple[Sense, ...]

    def definition(self, *, senses_max: int = 3) -> str:
        """Return the first meanings, one a line, each after its part of speech."""
        shown = self.senses[:senses_max]
        return "\n".join(f"{sense.part_of_speech}: {sense.definition}" for sense in shown)

    def example(self) -> str:
        """Return the first example in which the word itself stands, or an empty string."""
        examples = (example for sense in self.senses for example in sense.examples)
        word = self.lemma.lower()
        return next((example for example in examples if word in example.lower()), "")


class Dictionary(Protocol):
    """Where definitions come from."""

    def look_up(self, lemma: str) -> Entry | None:
        """Return the entry of a lemma, whatever its case; None when there is none."""


class NoDictionary:
    """No data on this machine."""

    def look_up(self, lemma: str) -> Entry | None:
        """Return None."""
        return None


class WordNet:
    """WordNet 3's index and data files, mapped into memory: only the pages that are read count."""

    def __init__(self, folder: Path) -> None:
        """Map the files of ``folder``; OSError when one is missing."""
        self._indexes = {part: _mapped(folder / f"index.{part}") for part in PARTS_OF_SPEECH}
        self._data = {part: _mapped(folder / f"data.{part}") for part in PARTS_OF_SPEECH}

    def look_up(self, lemma: str) -> Entry | None:
        """Return the entry of a lemma, whatever its case; None when there is none."""
        key = lemma.lower().replace(" ", "_").encode()
        found = [(part, *self._index(part, key)) for part in PARTS_OF_SPEECH]
        found.sort(key=lambda row: -row[1])  # stable: noun, verb, adjective, adverb
        senses = tuple(self._sense(part, at) for part, _, offsets in found for at in offsets)
        return Entry(lemma, senses) if senses else None

    def _index(self, part: str, key: bytes) -> tuple[int, list[int]]:
        """Return how many meanings were counted in texts, and where all stand, most frequent first.

        A line is: lemma pos synset_cnt p_cnt [symbol...] sense_cnt tagsense_cnt offset...
        """
        line = _line_of(self._indexes[part], key + b" ") if key else None
        if line is None:
            return 0, []
        fields = line.split()
        count = int(fields[2])
        return int(fields[-count - 1]), [int(offset) for offset in fields[-count:]]

    def _sense(self, part: str, offset: int) -> Sense:
        """Read one line of data, whose gloss is: definition; "example"; "example"."""
        data = self._data[part]
        line = data[offset : data.find(b"\n", offset)].decode()
        gloss = line.partition("| ")[2]
        definition = gloss.partition('"')[0].rstrip(" ;:")
        examples = tuple(example.strip(" ;") for example in _EXAMPLE.findall(gloss))
        return Sense(PARTS_OF_SPEECH[part], definition, examples)


class Glosses:
    """Short translations by language and word."""

    def __init__(self, rows: Mapping[tuple[str, str], str]) -> None:
        self._rows = rows

    def gloss(self, lemma: str, language: str) -> str:
        """Return the gloss of a lemma in a language (``ko``, ``pt-BR``), or an empty string."""
        word = lemma.lower()
        exact = self._rows.get((language, word))
        return exact or self._rows.get((language.partition("-")[0], word), "")


@cache
def dictionary() -> Dictionary:
    """Return the machine's dictionary: DICTIONARY_DIR, else what was fetched, else the system's."""
    given = variables.text("DICTIONARY_DIR")
    for folder in (Path(given),) if given else (home.wordnet_dir(), SYSTEM_DIR):
        if (folder / "index.noun").exists():
            return WordNet(folder)
    _logger.warning("dictionary_missing: cards start without a definition")
    return NoDictionary()


@cache
def glosses() -> Glosses:
    """Return the operator's glosses: DICTIONARY_GLOSSES, one JSON object a line.

    Raises ValueError, naming the line, when one is not {"word", "language", "gloss"}.
    """
    given = variables.text("DICTIONARY_GLOSSES")
    return Glosses(dict(_gloss_rows(Path(given))) if given else {})


def _gloss_rows(path: Path) -> Iterator[tuple[tuple[str, str], str]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
                yield (row["language"], row["word"].lower()), row["gloss"]
            except (ValueError, KeyError, TypeError, AttributeError):
                raise ValueError(
                    f"{path}, line {number}: not an object with word, language, gloss"
                ) from None


def _mapped(path: Path) -> mmap:
    with path.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _line_of(data: mmap, prefix: bytes) -> bytes | None:
    """Return the line that begins with ``prefix`` in a file sorted by bytes, or None."""
    low, high = 0, len(data)
    while low < high:
        middle = (low + high) // 2
        start = data.rfind(b"\n", 0, middle) + 1
        if data[start : start + len(prefix)] < prefix:
            low = data.find(b"\n", middle) + 1 or len(data)
        else:
            high = start
    line = data[low : data.find(b"\n", low)]
    return line if line.startswith(prefix) else None
