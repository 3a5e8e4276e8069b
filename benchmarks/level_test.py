"""The level test on simulated learners: how often right, how long, how sure of what it says.

The items are those of the product's bank; each one's real difficulty lies off its level's by a
normal error of .6. Learners are spread evenly over their level. One who does not know the answer
says so with a chance of their own, between never and always; `guessing_*` are learners who never
do. Guessers choose one of the four options whatever is asked. The fixed test asks everybody the
same 24 items, four a level, and is scored by the same estimate.
"""

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import fmean, median
from typing import Any

import numpy as np

from exams.item_bank import written_items
from exams.level_test import (
    CENTRES,
    LEVELS,
    OPTIONS,
    SLOPE,
    Answered,
    Bank,
    Item,
    Outcome,
    estimate,
    is_over,
    next_item,
)

ROUNDS = 3
DIFFICULTY_ERROR = 0.6
FIXED_A_LEVEL = 4
FLOORS = {"exact": 0.66, "adjacent": 0.99, "qwk": 0.94, "cover95": 0.90, "guesser_a1_share": 0.95}
CEILINGS = {"abs_bias": 0.10, "mean_items": 23, "exposure": 0.33, "next_item_ms": 5}


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody simulated; ``level`` counts from 0, ``honesty`` is the chance to own up."""

    level: int
    ability: float
    honesty: float


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a test said of a learner."""

    learner: Learner
    level: int
    ability: float
    standard_error: float
    items: Sequence[int]


@dataclass
class World:
    """A bank, the real difficulties of its items, and chance."""

    random: Random
    milliseconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = enumerate(written_items())
        items = [Item(number, row.kind, row.expected_difficulty) for number, row in rows]
        self.bank = Bank(items)
        self.difficulties = [
            item.difficulty + self.random.gauss(0, DIFFICULTY_ERROR) for item in items
        ]
        at_level = {centre: [i for i in items if i.difficulty == centre] for centre in CENTRES}
        self.fixed = [
            item
            for of_level in at_level.values()
            for item in self.random.sample(of_level, FIXED_A_LEVEL)
        ]

    def learners(self, count: int, honesty: Callable[[], float]) -> list[Learner]:
        """Return as many of each level, spread evenly over it."""
        return [
            Learner(level, centre + self.random.random() - 0.5, honesty())
            for level, centre in enumerate(CENTRES)
            for _ in range(count)
        ]

    def answer(self, learner: Learner, item: Item) -> Outcome:
        """Return what the learner does with an item."""
        gap = learner.ability - self.difficulties[item.id]
        if self.random.random() < 1 / (1 + math.exp(-SLOPE * gap)):
            return Outcome.RIGHT
        return Outcome.UNKNOWN if self.random.random() < learner.honesty else self.guess()

    def guess(self) -> Outcome:
        """Return what choosing blindly comes to."""
        return Outcome.RIGHT if self.random.random() < 1 / OPTIONS else Outcome.WRONG

    def sit(self, learner: Learner) -> Sitting:
        """Let the learner sit the product's test as well as they can."""
        return self.adaptive(learner, lambda item: self.answer(learner, item))

    def adaptive(self, learner: Learner, give: Callable[[Item], Outcome]) -> Sitting:
        """Sit the product's test, answering by ``give``."""
        answers: list[Answered] = []
        found = estimate(answers)
        while not is_over(answers, found):
            begun = time.perf_counter()
            item = next_item(self.bank, answers, found, random=self.random)
            assert item is not None
            asked = time.perf_counter()
            answers.append(Answered(item, give(item)))
            resumed = time.perf_counter()
            found = estimate(answers)
            took = asked - begun + time.perf_counter() - resumed
            self.milliseconds.append(1000 * took)
        return _sitting(learner, answers)

    def fixed_test(self, learner: Learner) -> Sitting:
        """Let the learner sit the test that is the same for all."""
        return _sitting(
            learner, [Answered(item, self.answer(learner, item)) for item in self.fixed]
        )


def _sitting(learner: Learner, answers: Sequence[Answered]) -> Sitting:
    found = estimate(answers)
    items = [answer.item.id for answer in answers]
    level = LEVELS.index(found.level)
    return Sitting(learner, level, found.ability, found.standard_error, items)


def figures(sittings: Sequence[Sitting]) -> dict[str, float]:
    """Return how good the results are."""
    true = np.array([sitting.learner.level for sitting in sittings])
    said = np.array([sitting.level for sitting in sittings])
    error = np.array([sitting.ability - sitting.learner.ability for sitting in sittings])
    bounds = 1.96 * np.array([sitting.standard_error for sitting in sittings])
    asked = Counter(item for sitting in sittings for item in sitting.items)
    return {
        "exact": float((true == said).mean()),
        "adjacent": float((abs(true - said) <= 1).mean()),
        "qwk": _kappa(true, said),
        "bias": float(error.mean()),
        "cover95": float((abs(error) <= bounds).mean()),
        "mean_items": fmean(len(sitting.items) for sitting in sittings),
        "exposure": max(asked.values()) / len(sittings),
    }


def _kappa(true: Any, said: Any) -> float:
    """Return the quadratically weighted kappa."""
    table = np.zeros((len(LEVELS), len(LEVELS)))
    np.add.at(table, (true, said), 1)
    places = np.arange(len(LEVELS))
    weights = (places[:, None] - places[None, :]) ** 2
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(1 - (weights * table).sum() / (weights * by_chance).sum())


def one_round(seed: int, count: int) -> dict[str, float]:
    """Return the figures of one bank and its learners."""
    world = World(Random(seed))
    learners = world.learners(count, world.random.random)
    found = figures([world.sit(who) for who in learners])
    fixed = figures([world.fixed_test(who) for who in learners])
    guessing = [Learner(who.level, who.ability, 0.0) for who in learners[::4]]
    never = figures([world.sit(who) for who in guessing])
    nobody = Learner(0, CENTRES[0], 0.0)
    guessers = [world.adaptive(nobody, lambda _: world.guess()) for _ in range(count)]
    return {
        **found,
        **{f"fixed24_{name}": fixed[name] for name in ("exact", "adjacent", "qwk")},
        **{f"guessing_{name}": value for name, value in never.items()},
        "guesser_a1_share": fmean(sitting.level == 0 for sitting in guessers),
        "next_item_ms": float(np.percentile(world.milliseconds, 95)),
    }


def is_ok(found: Mapping[str, float]) -> bool:
    """Hold the figures against the bars."""
    beats_fixed = all(found[name] > found[f"fixed24_{name}"] for name in ("exact", "qwk"))
    return (
        all(found[name] >= bar for name, bar in FLOORS.items())
        and all(found[name] <= bar for name, bar in CEILINGS.items())
        and beats_fixed
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--learners", type=int, default=1000, help="a level")
    options = parser.parse_args(arguments)
    rounds = []
    for number in range(ROUNDS):
        rounds.append(one_round(options.seed + number, options.learners))
        sys.stderr.write(json.dumps({k: round(v, 4) for k, v in rounds[-1].items()}) + "\n")
    raw = {name: [round(each[name], 4) for each in rounds] for name in rounds[0]}
    found = {name: median(values) for name, values in raw.items()}
    found["abs_bias"] = max(abs(value) for value in raw["bias"])
    ok = is_ok(found)
    about = {"raw": raw, "n": options.learners, "seed": options.seed, "ok": ok}
    sys.stdout.write(json.dumps({"name": "level_test", **found, **about}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
