"""How hard an item really is, from answers, pure: one parameter an item, the scale held in place.

Abilities are taken as the tests found them, with their errors. The scale cannot drift: an item's
difficulty keeps near its level's until there are answers enough (the prior), and what all items
would move together is taken back (the anchor).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exams.level_test import OPTIONS, SLOPE, Outcome

ANSWERS_MIN = 20
PRIOR_ERROR = 0.6  # how far items of a level lie apart, before anything is known of one
FARTHEST = 2.0  # from the level's own difficulty
GUESSED = 0.5 / OPTIONS  # half of those who do not know own up

Floats = NDArray[np.float64]
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
_STEPS: Floats = np.linspace(-FARTHEST, FARTHEST, 161)


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer to an item by a learner of a measured ability."""

    ability: float
    standard_error: float
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Difficulty:
    """An item's difficulty and its standard error, on the scale of abilities."""

    value: float
    error: float


def difficulty(expected: float, trials: Sequence[Trial]) -> Difficulty:
    """Return an item's difficulty; ``expected`` is its level's."""
    steps = _STEPS + expected
    weights = np.exp(-0.5 * (_STEPS / PRIOR_ERROR) ** 2)
    logs = np.log(weights) + sum(_log_chances(trials, steps))
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    mean = float(chances @ steps)
    return Difficulty(mean, float(chances @ (steps - mean) ** 2) ** 0.5)


def anchored(
    found: Mapping[int, Difficulty], expected: Mapping[int, float]
) -> dict[int, Difficulty]:
    """Return the difficulties moved together, so that on the whole they are what is expected."""
    if not found:
        return {}
    weights = np.array([1 / each.error**2 for each in found.values()])
    moves = np.array([each.value - expected[key] for key, each in found.items()])
    drift = float(weights @ moves / weights.sum())
    return {key: Difficulty(each.value - drift, each.error) for key, each in found.items()}


def discrimination(trials: Sequence[Trial]) -> float | None:
    """Return the correlation of being right with the ability; None while all answer alike."""
    right = np.array([trial.outcome == Outcome.RIGHT for trial in trials], float)
    abilities = np.array([trial.ability for trial in trials])
    if len(trials) < ANSWERS_MIN or not right.std() or not abilities.std():
        return None
    return float(np.corrcoef(right, abilities)[0, 1])


def _log_chances(trials: Sequence[Trial], steps: Floats) -> list[Floats]:
    """Return the log of each answer's chance at each difficulty, over the ability's error."""
    if not trials:
        return []
    abilities = np.array([trial.ability for trial in trials])
    errors = np.array([trial.standard_error for trial in trials])
    right = np.array([trial.outcome == Outcome.RIGHT for trial in trials])
    known = np.zeros((len(trials), len(steps)))
    for node, weight in zip(_NODES, _WEIGHTS / _WEIGHTS.sum(), strict=True):
        gap = (abilities + node * errors)[:, None] - steps[None, :]
        known += weight / (1 + np.exp(-SLOPE * gap))
    is_right = known + (1 - known) * GUESSED
    return [np.log(np.where(right[:, None], is_right, 1 - is_right)).sum(axis=0)]
