"""Grading what was typed, pure: is it the word, the word misspelt, another form of it, or wrong?

Two spellings are the same after NFKC, case, accents, quotes, hyphens, spaces and contractions, a
leading article or "to", and British or American spelling. A misspelling is a small slip that makes
no other English word: "recieve" is a slip of "receive", "horse" is not one of "house".
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import simplemma
from rapidfuzz.distance import OSA


class Verdict(IntEnum):
    """From the best to the worst; FORM is the right word in another form."""

    RIGHT = 0
    TYPO = 1
    FORM = 2
    WRONG = 3


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer is worth; ``matched`` is the accepted answer it comes nearest to."""

    verdict: Verdict
    matched: str


ARTICLES = frozenset({"a", "an", "the"})
_LEADING = ARTICLES | {"to"}
_APOSTROPHES, _HYPHENS = "\u2018\u2019\u02bc\u00b4`", "\u2010\u2011\u2013"
_MARKS = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_HYPHENS, "-"))
_IRREGULAR = {
    "im": "i am",
    "ive": "i have",
    "cant": "can not",
    "can't": "can not",
    "cannot": "can not",
    "won't": "will not",
    "shan't": "shall not",
}
_SHORT = {"n't": " not", "'m": " am", "'re": " are", "'ll": " will", "'ve": " have"}
_IS = re.compile(r"^(it|he|she|that|there|what|where|who|here)'s$")
_WITHOUT_MARK = re.compile(r"^(do|does|did|is|are|was|were|have|has|had|could|should|would)nt$")
_EDGE = re.compile(r"^[^\w']+|[^\w']+$")
_BRITISH = (
    (re.compile(r"our(?=$|s$|ed$|ing$|ite)"), "or"),
    (re.compile(r"(?<=[^aeiou])re$"), "er"),
    (re.compile(r"is(?=e$|ed$|es$|ing$|ation)"), "iz"),
    (re.compile(r"ll(?=ed$|ing$|er$)"), "l"),
    (re.compile(r"mme$"), "m"),
    (re.compile(r"^grey"), "gray"),
)
_FORMS = {  # which the dictionary of forms has as words of their own, or not at all
    "best": "good", "better": "good", "worst": "bad", "worse": "bad", "gone": "go",
    "am": "be", "is": "be", "are": "be", "was": "be", "were": "be",
    "does": "do", "did": "do", "has": "have", "had": "have",
    "thought": "think", "saw": "see", "found": "find", "left": "leave", "felt": "feel",
    "fell": "fall", "lay": "lie", "bound": "bind", "wound": "wind", "ground": "grind",
    "spoke": "speak", "rose": "rise", "shot": "shoot", "bore": "bear", "lit": "light",
    "foots": "foot", "knifes": "knife",
}  # fmt: skip
_ONE_SLIP, _TWO_SLIPS = 3, 8  # letters from which on so many slips are taken for one


def grade(given: str, accepted: Sequence[str]) -> Grade:
    """Return the best that can be said of an answer; ``accepted`` holds at least one.

    Of several that come equally near the first is named.
    """
    grades = [Grade(_verdict(given, expected), expected) for expected in accepted]
    return min(grades, key=lambda each: each.verdict)


def normal(text: str) -> str:
    """Return an answer as it is compared."""
    plain = unicodedata.normalize("NFKC", text.translate(_MARKS)).casefold()
    plain = unicodedata.normalize("NFC", _without_accents(plain)).replace("-", " ")
    words = " ".join(_expanded(_EDGE.sub("", word)) for word in plain.split()).split()
    while len(words) > 1 and words[0] in _LEADING:
        words = words[1:]
    return " ".join(words)


def _verdict(given: str, expected: str) -> Verdict:
    words, wanted = normal(given).split(), normal(expected).split()
    if not words:
        return Verdict.WRONG
    if _joined(words) == _joined(wanted):
        return Verdict.RIGHT
    if len(words) == len(wanted):
        return max(_word_verdict(*both) for both in zip(words, wanted, strict=True))
    words, wanted = _without_articles(words), _without_articles(wanted)
    if len(words) != len(wanted) or not words:
        return Verdict.WRONG
    verdicts = (_word_verdict(*both) for both in zip(words, wanted, strict=True))
    return max(Verdict.FORM, *verdicts)


def _word_verdict(given: str, expected: str) -> Verdict:
    if _american(given) == _american(expected):
        return Verdict.RIGHT
    if {given, expected} <= ARTICLES:
        return Verdict.WRONG
    if not _is_word(given) and _is_slip(given, expected):
        return Verdict.TYPO
    return Verdict.FORM if _lemmas(given) & _lemmas(expected) else Verdict.WRONG


def _is_slip(given: str, expected: str) -> bool:
    slips = (len(expected) >= _ONE_SLIP) + (len(expected) >= _TWO_SLIPS)
    return OSA.distance(given, expected, score_cutoff=slips) <= slips


def _joined(words: Sequence[str]) -> str:
    """Return the words without spaces: "ice cream" is "icecream"."""
    return "".join(map(_american, words))


def _without_articles(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in ARTICLES]


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")


def _expanded(word: str) -> str:
    """Return a contraction in full."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    word = _WITHOUT_MARK.sub(r"\1 not", _IS.sub(r"\1 is", word))
    for short, full in _SHORT.items():
        if word.endswith(short):
            return word.removesuffix(short) + full
    return word


def _american(word: str) -> str:
    for pattern, spelling in _BRITISH:
        word = pattern.sub(spelling, word)
    return word


@lru_cache(maxsize=10_000)
def _lemmas(word: str) -> frozenset[str]:
    """Return the words that this may be a form of."""
    return frozenset({word, _FORMS.get(word, word), str(simplemma.lemmatize(word, lang="en"))})


@lru_cache(maxsize=10_000)
def _is_word(word: str) -> bool:
    return bool(simplemma.is_known(word, lang="en"))
