"""(memory state, rating, now) -> next state: FSRS-6, with fuzz that can be computed again. Pure."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from review.fsrs6 import (
    AGAIN,
    DEFAULT_WEIGHTS,
    FUZZED_FROM_DAYS,
    LEARNING,
    NEW,
    RELEARNING,
    REVIEW,
    Model,
    Next,
    fuzz_range,
)
from review.ratings import Rating

__all__ = [
    "LEARNING", "NEW", "RELEARNING", "REVIEW", "MemoryState", "Parameters", "grade", "preview",
    "retrievability",
]  # fmt: skip
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Parameters:
    """What decides an interval; the defaults are FSRS-6's."""

    weights: tuple[float, ...] = DEFAULT_WEIGHTS
    desired_retention: float = 0.9
    learning_steps_seconds: tuple[int, ...] = (60, 600)
    relearning_steps_seconds: tuple[int, ...] = (600,)
    maximum_interval_days: int = 36500
    is_fuzzed: bool = True

    @cached_property
    def model(self) -> Model:
        """The rules that follow; ValueError for weights out of bounds."""
        return Model(
            self.weights,
            self.desired_retention,
            [timedelta(seconds=seconds) for seconds in self.learning_steps_seconds],
            [timedelta(seconds=seconds) for seconds in self.relearning_steps_seconds],
            self.maximum_interval_days,
        )


class MemoryState(NamedTuple):
    """A card's memory as of its last review; a new card is due when it was added."""

    due_at: datetime
    stage: int = NEW
    step: int | None = None
    stability: float | None = None
    difficulty: float | None = None
    reviewed_at: datetime | None = None
    reps: int = 0
    lapses: int = 0

    @property
    def interval_days(self) -> float:
        """Days the card has been scheduled for; 0 before its first review."""
        if self.reviewed_at is None:
            return 0.0
        return (self.due_at - self.reviewed_at) / _DAY


def grade(
    state: MemoryState, rating: Rating, now: datetime, parameters: Parameters, *, seed: str
) -> MemoryState:
    """Return the state after answering ``rating`` at ``now``.

    ``seed`` names the card: with the repetition it decides the fuzz, so that a replay gives the
    same day.
    """
    now, model = _in_utc(now), parameters.model
    after = _next(model, state, rating, _recall(model, state, now))
    reps = state.reps + 1
    due_at = _due_at(after, now, parameters, _Fuzz(f"{seed}:{reps}"))
    lapses = state.lapses + (state.stage == REVIEW and rating == AGAIN)
    return MemoryState(due_at, *after[:4], now, reps, lapses)


def preview(
    state: MemoryState, now: datetime, parameters: Parameters, *, seed: str
) -> dict[Rating, datetime]:
    """Return when the card would be due after each of the four answers given at ``now``."""
    now, model = _in_utc(now), parameters.model
    recall, fuzz = _recall(model, state, now), _Fuzz(f"{seed}:{state.reps + 1}")
    return {
        rating: _due_at(_next(model, state, rating, recall), now, parameters, fuzz)
        for rating in Rating
    }


def retrievability(state: MemoryState, now: datetime, parameters: Parameters) -> float | None:
    """Return the predicted chance of recall at ``now`` (0-1); None for a card never reviewed."""
    if state.reviewed_at is None:
        return None
    if state.stability is None:
        return 0.0
    return parameters.model.retrievability(state.stability, (now - state.reviewed_at).days)


class _Fuzz:
    """``Random(seed).randint``, each time from the start: what is dear is the seeding."""

    __slots__ = ("_random", "_seed", "_words")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._words: list[int] = []

    def between(self, lowest: int, highest: int) -> int:
        """Return a number of the range, both ends included."""
        count, index = highest - lowest + 1, 0
        words = self._words or self._first()
        unused_bits = 32 - count.bit_length()
        while (number := words[index] >> unused_bits) >= count:
            index += 1
            if index == len(words):
                words.append(self._random.getrandbits(32))
        return lowest + number

    def _first(self) -> list[int]:
        self._random = random.Random(self._seed)  # noqa: S311  spreads load, guards nothing
        self._words.append(self._random.getrandbits(32))
        return self._words


def _in_utc(now: datetime) -> datetime:
    """Days are added to it, and in UTC each has 24 hours."""
    return now if now.tzinfo is UTC else now.astimezone(UTC)


def _recall(model: Model, state: MemoryState, now: datetime) -> float | None:
    """Return the chance of recall that an answer is weighed by; None on the day of the last one."""
    if state.reviewed_at is None or state.stability is None:
        return 0.0
    days = (now - state.reviewed_at).days
    return model.retrievability(state.stability, days) if days >= 1 else None


def _next(model: Model, state: MemoryState, rating: Rating, recall: float | None) -> Next:
    if state.stability is None or state.difficulty is None:
        return model.first(rating)
    return model.after(rating, state.stage, state.step, (state.stability, state.difficulty), recall)


def _due_at(after: Next, now: datetime, parameters: Parameters, fuzz: _Fuzz) -> datetime:
    if after.wait is not None:
        return now + after.wait
    days = after.days
    if parameters.is_fuzzed and days >= FUZZED_FROM_DAYS:
        lowest, highest = fuzz_range(days, parameters.maximum_interval_days)
        days = fuzz.between(lowest, highest)
    return now + timedelta(days=days)
