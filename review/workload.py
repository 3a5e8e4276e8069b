"""What reviews are to come: FSRS-6 on many cards at once, day by day, with chance. Pure.

The same formulas as `review.fsrs6`, on arrays; steps within a day are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from review.fsrs6 import DEFAULT_WEIGHTS, FUZZED_FROM_DAYS

Floats = NDArray[np.float64]
Days = NDArray[np.int64]
_RANGES = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, np.inf, 0.05))
RETENTIONS = tuple(round(0.70 + 0.02 * step, 2) for step in range(14))


@dataclass(frozen=True, slots=True)
class Habits:
    """How a learner answers: shares of ratings, and the seconds each takes."""

    first: tuple[float, float, float, float] = (0.25, 0.1, 0.55, 0.1)  # of a new card, 1 to 4
    passed: tuple[float, float, float] = (0.1, 0.8, 0.1)  # of what is recalled: hard, good, easy
    seconds_passed: float = 8.0
    seconds_failed: float = 20.0  # with learning it again
    seconds_new: float = 25.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides intervals, and how much a day takes."""

    weights: tuple[float, ...] = DEFAULT_WEIGHTS
    desired_retention: float = 0.9
    maximum_interval_days: int = 36500
    is_fuzzed: bool = True
    reviews_a_day: int | None = None
    new_a_day: int = 0


@dataclass
class Deck:
    """Cards as of today, day 0; a card never answered has no place here but in ``new_count``."""

    stability: Floats
    difficulty: Floats
    reviewed: Days  # days of the last answers: 0 or before
    due: Days
    new_count: int = 0

    @classmethod
    def of_new(cls, count: int) -> "Deck":
        """Return cards that nobody has seen."""
        return cls(np.empty(0), np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), count)

    def grown(self, other: "Deck") -> "Deck":
        """Return these cards and others."""
        return Deck(
            np.concatenate((self.stability, other.stability)),
            np.concatenate((self.difficulty, other.difficulty)),
            np.concatenate((self.reviewed, other.reviewed)),
            np.concatenate((self.due, other.due)),
            self.new_count,
        )


@dataclass(frozen=True)
class Workload:
    """What each day brings, from today on."""

    reviews: Floats
    new: Floats
    seconds: Floats
    recalled: float  # cards that would be recalled on the last day
    card_count: int


@dataclass
class _Run:
    rules: Rules
    habits: Habits
    chance: np.random.Generator
    deck: Deck
    reviews: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def retrievability(weights: Sequence[float], stability: Floats, days: Days | Floats) -> Floats:
    """Return the chances of recall after whole days."""
    factor = 0.9 ** (-1 / weights[20]) - 1
    recalls: Floats = (1 + factor * np.maximum(days, 0) / stability) ** -weights[20]
    return recalls


def after(
    weights: Sequence[float], memory: tuple[Floats, Floats], recall: Floats, rating: Days
) -> tuple[Floats, Floats]:
    """Return stability and difficulty after answers given a day or more after the last ones."""
    w, (stability, difficulty) = weights, memory
    forgotten = np.minimum(
        w[11]
        * difficulty ** -w[12]
        * ((stability + 1) ** w[13] - 1)
        * np.exp((1 - recall) * w[14]),
        stability / np.exp(w[17] * w[18]),
    )
    increase = (
        np.exp(w[8]) * (11 - difficulty) * stability ** -w[9] * np.expm1((1 - recall) * w[10])
    )
    increase = increase * np.where(rating == 2, w[15], np.where(rating == 4, w[16], 1.0))
    kept = np.where(rating == 1, forgotten, stability * (1 + increase))
    damped = difficulty - (10 - difficulty) * w[6] * (rating - 3) / 9
    easiest = w[4] - np.exp(w[5] * 3) + 1
    return np.maximum(kept, 0.001), np.clip(w[7] * easiest + (1 - w[7]) * damped, 1, 10)


def first(weights: Sequence[float], rating: Days) -> tuple[Floats, Floats]:
    """Return stability and difficulty of new cards after their first answers."""
    w = np.asarray(weights)
    stability = np.maximum(w[rating - 1], 0.001)
    return stability, np.clip(w[4] - np.exp(w[5] * (rating - 1)) + 1, 1, 10)


def intervals(rules: Rules, stability: Floats, chance: np.random.Generator) -> Days:
    """Return the days until the cards come back."""
    w = rules.weights[20]
    days = stability * (rules.desired_retention ** (-1 / w) - 1) / (0.9 ** (-1 / w) - 1)
    days = np.clip(np.rint(days), 1, rules.maximum_interval_days)
    if rules.is_fuzzed:
        spread = [f * np.maximum(np.minimum(days, end) - begin, 0) for begin, end, f in _RANGES]
        delta = 1 + sum(spread)
        lowest, highest = np.maximum(np.rint(days - delta), 2), np.rint(days + delta)
        fuzzed = np.floor(lowest + chance.random(len(days)) * (highest - lowest + 1))
        days = np.where(days >= FUZZED_FROM_DAYS, fuzzed, days)
    found: Days = np.minimum(days, rules.maximum_interval_days).astype(np.int64)
    return found


def simulate(deck: Deck, rules: Rules, habits: Habits, *, days: int, seed: int) -> Workload:
    """Return what the next ``days`` bring, today first, to a learner who does what is due."""
    copy = Deck.of_new(deck.new_count).grown(deck)
    run = _Run(rules, habits, np.random.default_rng(seed), copy)
    for day in range(days):
        _review(run, day)
        _learn(run, day)
    recalls = retrievability(rules.weights, run.deck.stability, days - run.deck.reviewed)
    return Workload(
        np.array(run.reviews, float),
        np.array(run.new, float),
        np.array(run.seconds),
        float(recalls.sum()),
        len(recalls),
    )


def forecast(
    parts: Sequence[tuple[Deck, Rules]], habits: Habits, *, days: int, seed: int, runs: int = 5
) -> tuple[Floats, Floats, Floats]:
    """Return, by day, the mean reviews to come and the bounds of four fifths of the runs.

    ``parts`` are decks with rules of their own.
    """
    drawn = np.array(
        [
            np.sum([simulate(*part, habits, days=days, seed=seed + run).reviews for part in parts]
                   or [np.zeros(days)], axis=0)
            for run in range(runs)
        ]
    )  # fmt: skip
    return drawn.mean(axis=0), np.quantile(drawn, 0.1, axis=0), np.quantile(drawn, 0.9, axis=0)


def costs(rules: Rules, habits: Habits, *, card_count: int, days: int, seed: int) -> list[Any]:
    """Return, for each retention, what a deck learned from the beginning costs and is worth.

    Rows of retention, reviews a day, minutes a day, cards recalled at the end.
    """
    new_a_day = max(1, card_count // max(1, days * 2 // 3))
    found = []
    for retention in RETENTIONS:
        wanted = replace(rules, desired_retention=retention, new_a_day=new_a_day)
        load = simulate(Deck.of_new(card_count), wanted, habits, days=days, seed=seed)
        minutes = float(load.seconds.sum()) / 60 / days
        found.append((retention, float(load.reviews.sum()) / days, minutes, load.recalled))
    return found


def recommended_retention(rows: Sequence[Any]) -> float:
    """Return where the curve of recalled cards over minutes bends most.

    Cards recalled a minute are always most at the lowest retention. Up to the bend more minutes buy
    many more recalled cards, beyond it few.
    """
    minutes, recalled = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
    wide, high = np.ptp(minutes) or 1.0, np.ptp(recalled) or 1.0
    above_the_chord = (recalled - recalled.min()) / high - (minutes - minutes.min()) / wide
    return float(rows[int(np.argmax(above_the_chord))][0])


def _review(run: _Run, day: int) -> None:
    deck, w = run.deck, run.rules.weights
    (asked,) = np.nonzero(deck.due <= day)
    recall = retrievability(w, deck.stability[asked], day - deck.reviewed[asked])
    if run.rules.reviews_a_day is not None and len(asked) > run.rules.reviews_a_day:
        surest = np.argsort(-recall, kind="stable")[: run.rules.reviews_a_day]
        asked, recall = asked[surest], recall[surest]
    passed = run.chance.random(len(asked)) < recall
    ratings = run.chance.choice((2, 3, 4), len(asked), p=run.habits.passed)
    rating = np.where(passed, ratings, 1)
    memory = after(w, (deck.stability[asked], deck.difficulty[asked]), recall, rating)
    deck.stability[asked], deck.difficulty[asked] = memory
    deck.reviewed[asked] = day
    deck.due[asked] = day + intervals(run.rules, memory[0], run.chance)
    failed = int(len(asked) - passed.sum())
    run.reviews.append(len(asked))
    run.seconds.append(
        (len(asked) - failed) * run.habits.seconds_passed + failed * run.habits.seconds_failed
    )


def _learn(run: _Run, day: int) -> None:
    count = min(run.rules.new_a_day, run.deck.new_count)
    rating = run.chance.choice((1, 2, 3, 4), count, p=run.habits.first)
    memory = first(run.rules.weights, rating)
    due = day + intervals(run.rules, memory[0], run.chance)
    added = Deck(*memory, np.full(count, day, np.int64), due)
    run.deck = run.deck.grown(added)
    run.deck.new_count -= count
    run.new.append(count)
    run.seconds[-1] += count * run.habits.seconds_new
