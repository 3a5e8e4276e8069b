"""The adaptive level test, pure: what the answers say of a learner, and what to ask next.

A learner's ability is a number; a level is an interval of it, one wide (A1 below -2, C2 above 2).
An item has a difficulty on the same scale, known with an error. Who does not know the answer may
say so or guess; how often a learner owns up is estimated together with the ability, so that a right
answer of somebody who always guesses proves less. Every function computes anew from all answers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from random import Random

import numpy as np
from numpy.typing import NDArray

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")
CUTS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # between the levels
CENTRES = (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)  # an item's difficulty, as far as its level tells
SLOPE = 1.2
OPTIONS = 4
ITEMS_MIN, ITEMS_MAX = 8, 28
STANDARD_ERROR_ENOUGH, PROBABILITY_ENOUGH = 0.38, 0.75
CANDIDATES = 6  # one of so many of the best items is asked

Floats = NDArray[np.float64]
_ABILITY: Floats = np.linspace(-4.0, 4.0, 81)
_PRIOR: Floats = np.exp(-0.5 * (_ABILITY / 2.0) ** 2)
_HONESTY: Floats = np.array([0.0, 0.25, 0.5, 0.75, 0.95])  # chance to own up to not knowing
_HONESTY_PRIOR: Floats = np.array([0.4, 0.15, 0.15, 0.15, 0.15])
_GUESSED: Floats = (1 - _HONESTY) / OPTIONS  # chance to be right without knowing


class Kind(StrEnum):
    """What an item asks for."""

    VOCABULARY = "vocabulary"
    GRAMMAR = "grammar"
    READING = "reading"


SHARES: Mapping[Kind, float] = {Kind.VOCABULARY: 0.45, Kind.GRAMMAR: 0.35, Kind.READING: 0.20}


class Outcome(StrEnum):
    """What an answer was."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"  # "I don't know"


@dataclass(frozen=True, slots=True)
class Item:
    """What the test has to know of an item; ``difficulty`` is on the scale of abilities.

    ``error`` is the standard error of the difficulty.
    """

    id: int
    kind: Kind
    difficulty: float
    error: float = 0.6


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer to an item."""

    item: Item
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of a learner: ability with its standard error, a probability each level.

    ``honesty`` is the chance to own up to not knowing; ``weights`` are the probabilities of the
    abilities that are told apart here.
    """

    ability: float
    standard_error: float
    probabilities: tuple[float, ...]
    honesty: float
    weights: Floats = field(compare=False, repr=False)

    @property
    def level(self) -> str:
        """Return the most probable level."""
        return LEVELS[self.probabilities.index(max(self.probabilities))]

    @property
    def is_certain(self) -> bool:
        """Whether the ability or the level is known well enough."""
        is_narrow = self.standard_error <= STANDARD_ERROR_ENOUGH
        return is_narrow or max(self.probabilities) >= PROBABILITY_ENOUGH


@dataclass(frozen=True)
class Bank:
    """The items there are; what does not depend on a learner is computed once."""

    items: Sequence[Item]

    @cached_property
    def slopes(self) -> Floats:
        """Return how steeply the chance to know each item rises with the ability."""
        return _slopes(self.items)

    @cached_property
    def knowing(self) -> Floats:
        """Return the chance to know each item (rows) at each ability."""
        return _knowing(self.items)

    @cached_property
    def places(self) -> Mapping[Kind, Sequence[int]]:
        """Return where the items of each kind are."""
        return {
            kind: [place for place, item in enumerate(self.items) if item.kind == kind]
            for kind in Kind
        }


def estimate(answers: Sequence[Answered]) -> Estimate:
    """Return what the answers say; without any, what is supposed of everybody."""
    both = _posterior(answers)
    ability = both.sum(axis=1)
    mean = float(ability @ _ABILITY)
    variance = float(ability @ (_ABILITY - mean) ** 2)
    honesty = float(both.sum(axis=0) @ _HONESTY)
    return Estimate(mean, variance**0.5, _levels(ability), honesty, ability)


def is_over(answers: Sequence[Answered], found: Estimate) -> bool:
    """Tell whether nothing more is to be asked."""
    count = len(answers)
    return count >= ITEMS_MAX or (count >= ITEMS_MIN and found.is_certain)


def next_item(
    bank: Bank,
    answers: Sequence[Answered],
    found: Estimate,
    *,
    seen: Collection[int] = (),
    random: Random,
) -> Item | None:
    """Return the item to ask next, None when there is none left; ``found`` is of the answers.

    ``seen`` are ids of items the learner met in earlier tests; they come last. Of the kind that is
    furthest behind its share, one of the items that tell most about this learner.
    """
    asked = {answer.item.id for answer in answers}
    for kind in _kinds_wanted(answers, random):
        free = [place for place in bank.places[kind] if bank.items[place].id not in asked]
        fresh = [place for place in free if bank.items[place].id not in seen]
        if free:
            return bank.items[_informative(bank, fresh or free, found, random)]
    return None


def _slopes(items: Sequence[Item]) -> Floats:
    """Return the slopes, flatter where the difficulty is not known well."""
    errors = np.array([item.error for item in items])
    slopes: Floats = SLOPE / np.sqrt(1 + (SLOPE * errors / 1.702) ** 2)
    return slopes


def _knowing(items: Sequence[Item]) -> Floats:
    difficulties = np.array([item.difficulty for item in items])
    gaps = _ABILITY[None, :] - difficulties[:, None]
    known: Floats = 1 / (1 + np.exp(-_slopes(items)[:, None] * gaps))
    return known


def _posterior(answers: Sequence[Answered]) -> Floats:
    """Return the probability of each ability (rows) and honesty (columns)."""
    both: Floats = _PRIOR[:, None] * _HONESTY_PRIOR[None, :]
    if answers:
        known = _knowing([answer.item for answer in answers])
        for outcome in Outcome:
            rows = [n for n, answer in enumerate(answers) if answer.outcome == outcome]
            if rows:
                both = both * _chance(outcome, known[rows][:, :, None]).prod(axis=0)
    posterior: Floats = both / both.sum()
    return posterior


def _chance(outcome: Outcome, known: Floats) -> Floats:
    """Return the chance of an outcome where ``known`` is the chance to know, by honesty."""
    if outcome == Outcome.RIGHT:
        return known + (1 - known) * _GUESSED
    if outcome == Outcome.WRONG:
        return (1 - known) * (1 - _HONESTY - _GUESSED)
    return (1 - known) * _HONESTY


def _levels(ability: Floats) -> tuple[float, ...]:
    """Return the probability of each level; an ability on a cut belongs half to either."""
    cumulated = np.cumsum(ability) - ability / 2
    below = np.interp(CUTS, _ABILITY, cumulated)
    return tuple(float(share) for share in np.diff(below, prepend=0.0, append=1.0))


def _kinds_wanted(answers: Sequence[Answered], random: Random) -> list[Kind]:
    """Return the kinds, the one furthest behind its share first."""
    counts = {kind: sum(answer.item.kind == kind for answer in answers) for kind in Kind}
    due = len(answers) + 1
    return sorted(Kind, key=lambda kind: (counts[kind] - due * SHARES[kind], random.random()))


def _informative(bank: Bank, free: list[int], found: Estimate, random: Random) -> int:
    """Return the place of one of the items that tell most, by what is known of the learner."""
    guessed = (1 - found.honesty) / OPTIONS
    known = bank.knowing[free]
    slope = bank.slopes[free][:, None] * known * (1 - known)
    right = guessed + (1 - guessed) * known
    information = slope**2 * (1 - guessed) * ((1 - guessed) / right + 1 / (1 - known))
    worth = (information @ found.weights).round(9).tolist()
    order = sorted(range(len(free)), key=lambda n: (-worth[n], random.random()))
    return free[random.choice(order[:CANDIDATES])]
