"""FSRS-6 on plain numbers, equal to py-fsrs 6.3.2 in every bit: same operations, same order. Pure.

What depends on the weights alone is computed once a `Model`.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from math import e
from typing import NamedTuple

NEW, LEARNING, REVIEW, RELEARNING = range(4)
AGAIN, HARD, GOOD, EASY = range(1, 5)
DEFAULT_WEIGHTS = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
    1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
)  # fmt: skip
LOWEST_WEIGHTS = (
    0.001, 0.001, 0.001, 0.001, 1.0, 0.001, 0.001, 0.001, 0.0, 0.0, 0.001,
    0.001, 0.001, 0.001, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.1,
)  # fmt: skip
HIGHEST_WEIGHTS = (
    100.0, 100.0, 100.0, 100.0, 10.0, 4.0, 4.0, 0.75, 4.5, 0.8, 3.5,
    5.0, 0.25, 0.9, 4.0, 1.0, 6.0, 2.0, 2.0, 0.8, 0.8,
)  # fmt: skip
_STABILITY_MIN = 0.001
FUZZED_FROM_DAYS = 2.5
_FUZZ_RANGES = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float("inf"), 0.05))


class Next(NamedTuple):
    """A card after an answer; ``days`` is its interval, ``wait`` instead while it is in a step."""

    stage: int
    step: int | None
    stability: float
    difficulty: float
    days: int
    wait: timedelta | None


class Model:
    """One set of parameters; ValueError when they are not 21 weights within FSRS-6's bounds."""

    __slots__ = (
        "_again_factor", "_decay", "_difficulty_steps", "_easy_bonus", "_factor",
        "_first_difficulty", "_first_stability", "_forget", "_hard_penalty", "_kept", "_learning",
        "_maximum", "_recall", "_relearning", "_retention_factor", "_reversion", "_short_term",
        "_short_term_decay",
    )  # fmt: skip

    def __init__(
        self,
        weights: Sequence[float],
        desired_retention: float,
        learning_steps: Sequence[timedelta],
        relearning_steps: Sequence[timedelta],
        maximum_interval_days: int,
    ) -> None:
        _check(weights)
        w = weights
        self._decay = -w[20]
        self._factor = 0.9 ** (1 / self._decay) - 1
        self._retention_factor = (desired_retention ** (1 / self._decay)) - 1
        self._maximum = maximum_interval_days
        self._learning, self._relearning = _waits(learning_steps), _waits(relearning_steps)
        unclamped = [w[4] - (e ** (w[5] * (rating - 1))) + 1 for rating in range(1, 5)]
        self._first_stability = (0.0, *(max(weight, _STABILITY_MIN) for weight in w[:4]))
        self._first_difficulty = (0.0, *map(_clamped, unclamped))
        self._difficulty_steps = (0.0, *(-(w[6] * (rating - 3)) for rating in range(1, 5)))
        self._reversion, self._kept = w[7] * unclamped[3], 1 - w[7]
        self._recall = (e ** w[8], -w[9], w[10])
        self._hard_penalty, self._easy_bonus = w[15], w[16]
        self._forget = (w[11], -w[12], w[13], w[14])
        self._again_factor: float = e ** (w[17] * w[18])
        self._short_term = (0.0, *(e ** (w[17] * (rating - 3 + w[18])) for rating in range(1, 5)))
        self._short_term_decay = -w[19]

    def retrievability(self, stability: float, elapsed_days: int) -> float:
        """Return the chance of recall (0-1) after whole days; days before the review count as 0."""
        return float((1 + self._factor * max(0, elapsed_days) / stability) ** self._decay)

    def first(self, rating: int) -> Next:
        """Return a new card after its first answer."""
        stability, difficulty = self._first_stability[rating], self._first_difficulty[rating]
        return self._stepped(LEARNING, 0, rating, stability, difficulty)

    def after(
        self,
        rating: int,
        stage: int,
        step: int | None,
        memory: tuple[float, float],
        recall: float | None,
    ) -> Next:
        """Return a known card, ``memory`` being (stability, difficulty), after an answer.

        ``recall`` is its retrievability; None on the day (24 hours) of the last answer.
        """
        stability, difficulty = memory
        if recall is None:
            stability = self._same_day(stability, rating)
        elif rating == AGAIN:
            stability = self._forgotten(stability, difficulty, recall)
        else:
            stability = self._recalled(stability, difficulty, recall, rating)
        stability = max(stability, _STABILITY_MIN)
        damped = difficulty + (10.0 - difficulty) * self._difficulty_steps[rating] / 9.0
        difficulty = _clamped(self._reversion + self._kept * damped)
        if stage == REVIEW:
            if rating != AGAIN or not self._relearning:
                return self._reviewed(stability, difficulty)
            return Next(RELEARNING, 0, stability, difficulty, 0, self._relearning[0][GOOD])
        return self._stepped(stage, step or 0, rating, stability, difficulty)

    def _same_day(self, stability: float, rating: int) -> float:
        increase: float = self._short_term[rating] * (stability**self._short_term_decay)
        if increase < 1.0 and rating != AGAIN:
            increase = 1.0
        return stability * increase

    def _forgotten(self, stability: float, difficulty: float, recall: float) -> float:
        base, by_difficulty, by_stability, by_recall = self._forget
        long_term: float = (
            base
            * (difficulty**by_difficulty)
            * (((stability + 1) ** by_stability) - 1)
            * (e ** ((1 - recall) * by_recall))
        )
        return min(long_term, stability / self._again_factor)

    def _recalled(self, stability: float, difficulty: float, recall: float, rating: int) -> float:
        base, by_stability, by_recall = self._recall
        increase: float = (
            base
            * (11 - difficulty)
            * (stability**by_stability)
            * ((e ** ((1 - recall) * by_recall)) - 1)
        )
        if rating == HARD:
            increase *= self._hard_penalty
        elif rating == EASY:
            increase *= self._easy_bonus
        return stability * (1 + increase)

    def interval(self, stability: float) -> int:
        """Return the whole days after which recall falls to the desired retention."""
        days: int = max(round((stability / self._factor) * self._retention_factor), 1)
        return min(days, self._maximum)

    def _reviewed(self, stability: float, difficulty: float) -> Next:
        return Next(REVIEW, None, stability, difficulty, self.interval(stability), None)

    def _stepped(
        self, stage: int, step: int, rating: int, stability: float, difficulty: float
    ) -> Next:
        """Return the next step, or the review stage after the last one.

        A step may lie beyond the last: the card got it under parameters with more steps.
        """
        steps = self._relearning if stage == RELEARNING else self._learning
        if rating == AGAIN and steps:
            return Next(stage, 0, stability, difficulty, 0, steps[0][GOOD])
        if rating == HARD and step < len(steps):
            return Next(stage, step, stability, difficulty, 0, steps[step][HARD])
        if rating == GOOD and step + 1 < len(steps):
            return Next(stage, step + 1, stability, difficulty, 0, steps[step + 1][GOOD])
        return self._reviewed(stability, difficulty)


@lru_cache(maxsize=4096)
def fuzz_range(days: int, maximum: int) -> tuple[int, int]:
    """Return the days that FSRS spreads an interval of ``FUZZED_FROM_DAYS`` or more over."""
    delta = 1.0 + sum(
        factor * max(min(days, end) - start, 0.0) for start, end, factor in _FUZZ_RANGES
    )
    highest = min(round(days + delta), maximum)
    return min(max(2, round(days - delta)), highest), highest


def _clamped(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)


def _check(weights: Sequence[float]) -> None:
    if len(weights) != len(LOWEST_WEIGHTS):
        raise ValueError(f"FSRS-6 has {len(LOWEST_WEIGHTS)} weights, not {len(weights)}.")
    for index, bounds in enumerate(zip(LOWEST_WEIGHTS, HIGHEST_WEIGHTS, strict=True)):
        if not bounds[0] <= weights[index] <= bounds[1]:
            raise ValueError(f"Weight {index} is {weights[index]}, not within {bounds}.")


def _waits(steps: Sequence[timedelta]) -> list[dict[int, timedelta]]:
    """Return, for each step, how long a card waits that comes to it (GOOD) or stays (HARD)."""
    waits = [{GOOD: step, HARD: step} for step in steps]
    if len(steps) == 1:
        waits[0][HARD] = steps[0] * 1.5
    elif steps:
        waits[0][HARD] = (steps[0] + steps[1]) / 2.0
    return waits
