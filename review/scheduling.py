"""(memory state, rating, now) -> next state: FSRS-6, with fuzz that can be computed again. Pure."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import fsrs
from fsrs.scheduler import FUZZ_RANGES

from review.ratings import Rating

NEW, LEARNING, REVIEW, RELEARNING = range(4)
WEIGHT_BOUNDS = tuple(
    zip(fsrs.scheduler.LOWER_BOUNDS_PARAMETERS, fsrs.scheduler.UPPER_BOUNDS_PARAMETERS, strict=True)
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What decides an interval; the defaults are FSRS-6's."""

    weights: tuple[float, ...] = tuple(fsrs.scheduler.DEFAULT_PARAMETERS)
    desired_retention: float = 0.9
    learning_steps_seconds: tuple[int, ...] = (60, 600)
    relearning_steps_seconds: tuple[int, ...] = (600,)
    maximum_interval_days: int = 36500
    is_fuzzed: bool = True


@dataclass(frozen=True, slots=True)
class MemoryState:
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
        return (self.due_at - self.reviewed_at) / timedelta(days=1)


def grade(
    state: MemoryState, rating: Rating, now: datetime, parameters: Parameters, *, seed: str
) -> MemoryState:
    """Return the state after answering ``rating`` at ``now``.

    ``seed`` names the card: with the repetition it decides the fuzz, so that a replay gives the
    same day.
    """
    now = now.astimezone(UTC)  # py-fsrs takes no other spelling of it
    card, _ = _scheduler(parameters).review_card(_card(state), fsrs.Rating(rating), now)
    lapsed = state.stage == REVIEW and rating is Rating.AGAIN
    graded = replace(
        state,
        due_at=card.due,
        stage=int(card.state),
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        reviewed_at=now,
        reps=state.reps + 1,
        lapses=state.lapses + lapsed,
    )
    if graded.stage != REVIEW or not parameters.is_fuzzed:
        return graded
    days = _fuzzed((card.due - now).days, parameters.maximum_interval_days, f"{seed}:{graded.reps}")
    return replace(graded, due_at=now + timedelta(days=days))


def preview(
    state: MemoryState, now: datetime, parameters: Parameters, *, seed: str
) -> dict[Rating, datetime]:
    """Return when the card would be due after each of the four answers given at ``now``."""
    return {rating: grade(state, rating, now, parameters, seed=seed).due_at for rating in Rating}


def retrievability(state: MemoryState, now: datetime, parameters: Parameters) -> float | None:
    """Return the predicted chance of recall at ``now`` (0-1); None for a card never reviewed."""
    if state.reviewed_at is None:
        return None
    return float(_scheduler(parameters).get_card_retrievability(_card(state), now))


def _card(state: MemoryState) -> fsrs.Card:
    """py-fsrs knows no stage NEW: there it is a card in learning without stability."""
    return fsrs.Card(
        card_id=1,
        state=fsrs.State(max(state.stage, LEARNING)),
        step=state.step,
        stability=state.stability,
        difficulty=state.difficulty,
        due=state.due_at,
        last_review=state.reviewed_at,
    )


@lru_cache(maxsize=256)
def _scheduler(parameters: Parameters) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        parameters=parameters.weights,
        desired_retention=parameters.desired_retention,
        learning_steps=[timedelta(seconds=s) for s in parameters.learning_steps_seconds],
        relearning_steps=[timedelta(seconds=s) for s in parameters.relearning_steps_seconds],
        maximum_interval=parameters.maximum_interval_days,
        enable_fuzzing=False,
    )


def _fuzzed(days: int, maximum: int, seed: str) -> int:
    """Return a day within FSRS' own fuzz range round ``days``; intervals below 2.5 days stay."""
    if days < 2.5:
        return days
    delta = 1.0 + sum(
        part["factor"] * max(min(days, part["end"]) - part["start"], 0.0) for part in FUZZ_RANGES
    )
    highest = min(round(days + delta), maximum)
    lowest = min(max(2, round(days - delta)), highest)
    return random.Random(seed).randint(lowest, highest)  # noqa: S311  spreads load, guards nothing
