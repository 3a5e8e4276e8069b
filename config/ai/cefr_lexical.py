"""How hard a text is, from its words and sentences alone: 22 figures and a logistic regression.

It answers in a millisecond in any process: what is said of a text while the classifier is away,
and the other half of what is said when it is there.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from statistics import fmean

from config.ai.cefr import LEVELS, word_difficulty, word_frequency

WEIGHTS = Path(__file__).with_name("cefr_model") / "lexical.json"
Distribution = tuple[float, ...]  # one probability a level, A1 first

_LETTER = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_WORD = re.compile(rf"[{_LETTER}]+(?:['\u2019-][{_LETTER}]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[A-Z0-9])")
_PARTICIPLE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|has|have|had|having)\s+(?:\w+ly\s+)?\w+(?:ed|en|wn|ught)\b",
    re.IGNORECASE,
)
_CLAUSE_WORDS = (
    "after although as because before if since so than that though unless until what when where "
    "whereas whether which while who whom whose why how"
)
_PREPOSITIONS = (
    "about above across against along among around at between by during for from in into of on "
    "over through to towards under upon via with within without"
)
_CLAUSE = frozenset(_CLAUSE_WORDS.split())
_PREPOSITION = frozenset(_PREPOSITIONS.split())
_CONTRACTED = re.compile(r"(?:'(?:s|d|m|ll|re|ve)|n't)$")
_LONG_LETTERS = 7
_HARDEST = 3


@dataclass(frozen=True, slots=True)
class Regression:
    """A multinomial logistic regression: ``mean`` and ``scale`` of each feature, a row a level.

    ``prior`` is its average answer over the rows it learnt.
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    prior: tuple[float, ...] = ()

    def distribution(self, values: Sequence[float]) -> Distribution:
        """Return the probability of each level."""
        standard = [
            (value - mean) / scale
            for value, mean, scale in zip(values, self.mean, self.scale, strict=True)
        ]
        scores = [
            math.fsum(weight * value for weight, value in zip(row, standard, strict=True)) + bias
            for row, bias in zip(self.weights, self.bias, strict=True)
        ]
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        return tuple(power / sum(powers) for power in powers)


def lexical_distribution(text: str) -> Distribution:
    """Return the probability of each level; ``text`` is a few sentences with at least one word."""
    return shipped().distribution(features(text))


@cache
def shipped() -> Regression:
    """Return the regression that comes with the code."""
    return Regression(**json.loads(WEIGHTS.read_text(encoding="utf-8")))


def words_of(text: str) -> list[str]:
    """Return the words in Latin letters, as they are printed."""
    return _WORD.findall(text)


def sentences_of(text: str) -> list[str]:
    """Return the sentences, by their punctuation and the capital after it."""
    return [part for part in map(str.strip, _SENTENCE_END.split(text)) if part]


def features(text: str) -> tuple[float, ...]:
    """Return the 22 figures of a text; ValueError when there is no word in it."""
    printed = words_of(text)
    if not printed:
        raise ValueError("no word")
    sentences = len(sentences_of(text))
    return (*_shape(text, printed, sentences), *_vocabulary(printed))


def _shape(text: str, printed: Sequence[str], sentences: int) -> tuple[float, ...]:
    lower = [word.lower() for word in printed]
    letters = [len(word) for word in printed]
    a_sentence = len(printed) / sentences
    return (
        a_sentence,
        math.log(a_sentence),
        fmean(letters),
        sum(count >= _LONG_LETTERS for count in letters) / len(letters),
        text.count(",") / sentences,
        sum(text.count(mark) for mark in ";:()\u2014\u2013") / sentences,
        sum(word in _CLAUSE for word in lower) / sentences,
        sum(word in _PREPOSITION for word in lower) / sentences,
        len(_PARTICIPLE.findall(text)) / sentences,
    )


def _vocabulary(printed: Sequence[str]) -> tuple[float, ...]:
    measured = [_measured(word.lower().replace("\u2019", "'")) for word in printed]
    levels = sorted(level for level, _ in measured if level is not None) or [1.0]
    rounded = [round(level) for level in levels]
    zipf = sorted(frequency for _, frequency in measured)
    count = len(measured)
    return (
        fmean(levels),
        fmean(levels[-_HARDEST:]),
        *(rounded.count(number) / count for number in range(1, len(LEVELS) + 1)),
        sum(level is None for level, _ in measured) / count,
        fmean(zipf),
        fmean(zipf[:_HARDEST]),
        sum(frequency < 4.5 for frequency in zipf) / count,
        sum(frequency < 3.5 for frequency in zipf) / count,
    )


@lru_cache(maxsize=20_000)
def _measured(word: str) -> tuple[float | None, float]:
    """Return the level and the frequency of a lower-case word, its contraction taken off."""
    plain = _CONTRACTED.sub("", word) or word
    return word_difficulty(plain), word_frequency(plain)
