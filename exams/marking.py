"""What an answer to a question is worth. Pure: open answers are for others to grade."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from exams import grading
from exams.grading import grade, normal
from exams.phrases import places, words_in


class Verdict(StrEnum):
    """What is said of an answer."""

    RIGHT = "right"
    TYPO = "typo"  # right but for a slip
    FORM = "form"  # the right word in another form
    PARTIAL = "partial"
    WRONG = "wrong"
    SKIPPED = "skipped"  # "I don't know"


POINTS = {Verdict.RIGHT: 1.0, Verdict.TYPO: 1.0, Verdict.FORM: 0.5, Verdict.PARTIAL: 0.5}
_TYPED = {
    grading.Verdict.RIGHT: Verdict.RIGHT,
    grading.Verdict.TYPO: Verdict.TYPO,
    grading.Verdict.FORM: Verdict.FORM,
    grading.Verdict.WRONG: Verdict.WRONG,
}
_SENTENCE = 4  # words, from which on an open answer may be one


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict, 0 to 1 points, and which of the question's cards were not known."""

    verdict: Verdict
    points: float
    missed: tuple[int, ...] = ()


def skipped(card_count: int) -> Mark:
    """Return the mark of "I don't know"."""
    return Mark(Verdict.SKIPPED, 0.0, tuple(range(card_count)))


def mark_chosen(key: Sequence[int], chosen: Sequence[int]) -> Mark:
    """Return the mark of options chosen, one for each part of the key."""
    missed = tuple(
        number for number, pair in enumerate(zip(key, chosen, strict=True)) if pair[0] != pair[1]
    )
    right = len(key) - len(missed)
    if not missed:
        return Mark(Verdict.RIGHT, 1.0)
    return Mark(Verdict.PARTIAL if right else Verdict.WRONG, right / len(key), missed)


def mark_typed(accepted: Sequence[str], text: str) -> Mark:
    """Return the mark of a word that was typed."""
    verdict = _TYPED[grade(text, accepted).verdict]
    return Mark(verdict, POINTS.get(verdict, 0.0), (0,) if verdict is Verdict.WRONG else ())


def mark_by_keywords(word: str, meaning: str, text: str) -> Mark:
    """Return what can be said of an open answer without understanding it; no card is missed by it.

    A sentence of four words and more with the word in it may be right; one that only repeats the
    meaning on the card is not the learner's own.
    """
    if not places(text, word):
        return Mark(Verdict.WRONG, 0.0)
    if len(words_in(text)) < _SENTENCE or normal(text) == normal(meaning):
        return Mark(Verdict.PARTIAL, POINTS[Verdict.PARTIAL])
    return Mark(Verdict.RIGHT, 1.0)
