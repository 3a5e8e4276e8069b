"""Is HARD pressed for what was forgotten? Then every interval is too long. Pure.

Judged by the usual memory, not by weights fitted to the learner: these would believe the answers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from review.fsrs6 import AGAIN, DEFAULT_WEIGHTS, HARD, REVIEW, Model

ANSWERS_MIN = 100
AFTER_HARD_MIN = 20
_SIGMAS = 3.0
_MODEL = Model(DEFAULT_WEIGHTS, 0.9, [], [], 36500)


class Verdict(StrEnum):
    """What the answers say."""

    TOO_FEW = "too_few"
    FINE = "fine"
    MISUSED = "misused"


@dataclass(frozen=True, slots=True)
class HardUse:
    """Answers given a day or more after the ones before, and what HARD stood for in them."""

    answer_count: int
    again_count: int
    hard_count: int
    expected_forgotten: float
    hard_after_hard: float
    hard_after_else: float
    verdict: Verdict

    @property
    def explanation(self) -> str:
        """What to tell the learner."""
        if self.verdict is Verdict.TOO_FEW:
            return f"There are {self.answer_count} answers so far; it takes {ANSWERS_MIN} to tell."
        figures = (
            f"In {self.answer_count} reviews some {self.expected_forgotten:.0f} would usually be "
            f"forgotten; you pressed AGAIN {self.again_count} and HARD {self.hard_count} times."
        )
        if self.verdict is Verdict.FINE:
            return figures
        return (
            f"{figures} After HARD you pressed HARD again {self.hard_after_hard:.0%} of the time, "
            f"otherwise {self.hard_after_else:.0%}. It looks as if HARD stood for cards you had "
            "forgotten. HARD means: recalled, with effort. It counts as a success and sends the "
            "card farther away. Press AGAIN whenever you did not recall the answer; what you have "
            "forgotten then comes back sooner, and all intervals become right."
        )


def hard_use(cards: Sequence[Sequence[tuple[float, int]]]) -> HardUse:
    """Return how HARD is used, by day and rating of each card's answers.

    Misused: AGAIN is pressed far less than memory would have it, HARD makes up for it, and a card
    answered with HARD is answered so again: it was never learned anew.
    """
    answers = [step for card in cards for step in _steps(card)]
    again = sum(rating == AGAIN for _, rating, _ in answers)
    hard = sum(rating == HARD for _, rating, _ in answers)
    expected = sum(1 - recall for recall, _, _ in answers)
    deviation = math.sqrt(sum(recall * (1 - recall) for recall, _, _ in answers))
    after_hard = [rating == HARD for _, rating, before in answers if before == HARD]
    after_else = [rating == HARD for _, rating, before in answers if before != HARD]
    found = (_share(after_hard), _share(after_else))
    verdict = Verdict.FINE
    if len(answers) < ANSWERS_MIN:
        verdict = Verdict.TOO_FEW
    elif (
        again < expected - _SIGMAS * deviation
        and again + hard >= expected / 2
        and len(after_hard) >= AFTER_HARD_MIN
        and found[0] >= 2 * found[1]
    ):
        verdict = Verdict.MISUSED
    return HardUse(len(answers), again, hard, expected, *found, verdict)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _steps(card: Sequence[tuple[float, int]]) -> list[tuple[float, int, int]]:
    """Return the predicted recall, the rating and the rating before of each later answer."""
    (before, rating), *later = card
    state, found = _MODEL.first(rating), []
    for at, answered in later:
        gap = int(at - before)
        memory = state.stability, state.difficulty
        recall = _MODEL.retrievability(state.stability, gap) if gap >= 1 else None
        if recall is not None:
            found.append((recall, answered, rating))
        state = _MODEL.after(answered, REVIEW, None, memory, recall)
        before, rating = at, answered
    return found
