"""FSRS-6's weights from a learner's answers: a process of its own, for it burns the processor.

Reads one JSON object from its input and writes one: ``python -m review.optimiser``. The only import
of fsrs_rs_python. Weights are fitted to the earlier answers, drawn back towards those in force the
more the fewer they are, and judged by the later answers: they are better if these are foreseen
better by more than chance would have it. `benchmarks/optimise.py` shows what that is worth.
"""

import json
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from statistics import mean, stdev
from typing import Any

from fsrs_rs_python import FSRS, FSRSItem, FSRSReview

from review.fsrs6 import DEFAULT_WEIGHTS, HIGHEST_WEIGHTS, LOWEST_WEIGHTS
from review.workload import Habits, Rules, costs, recommended_retention

HELD_OUT = 0.2
HELD_OUT_MIN = 50
_PARTS = 10  # of the answers held out, to know how sure a gain is
_BELIEF = 4000  # answers that weigh as much as the weights in force
NICENESS = 15
_ANSWERS_OF_A_CARD = 64
_COST_CARDS, _COST_DAYS = 1000, 365
Card = Sequence[tuple[float, int]]  # day and rating of each answer


def fit(cards: Sequence[Card], weights: Sequence[float]) -> dict[str, Any]:
    """Return new weights, and the log loss of the later answers under these, the old, the defaults.

    ``weights`` is None where there are too few answers to judge by.
    """
    items = [item for _, item in sorted(_items(cards), key=lambda pair: pair[0])]
    split = round(len(items) * (1 - HELD_OUT))
    earlier, later = items[:split], items[split:]
    counts = {"fitted_count": len(earlier), "held_out_count": len(later)}
    if len(later) < HELD_OUT_MIN:
        return {**counts, "weights": None, "is_better": False}
    found = _within_bounds(FSRS(list(DEFAULT_WEIGHTS)).compute_parameters(earlier))
    trust = len(earlier) / (len(earlier) + _BELIEF)
    found = [old + (new - old) * trust for old, new in zip(weights, found, strict=True)]
    gains = [
        log_loss(later[part::_PARTS], weights) - log_loss(later[part::_PARTS], found)
        for part in range(_PARTS)
    ]
    return {
        **counts,
        "weights": found,
        "is_better": mean(gains) > stdev(gains) / math.sqrt(_PARTS),
        "log_loss_after": log_loss(later, found),
        "log_loss_before": log_loss(later, weights),
        "log_loss_default": log_loss(later, DEFAULT_WEIGHTS),
    }


def log_loss(items: Sequence[FSRSItem], weights: Sequence[float]) -> float:
    """Return the mean surprise at each item's last answer: the lower, the better foreseen."""
    return float(FSRS(list(weights)).evaluate(list(items)).log_loss)


def items_of(cards: Sequence[Card]) -> list[FSRSItem]:
    """Return each answer given a day or more after the one before, with all before it."""
    return [item for _, item in _items(cards)]


def _items(cards: Sequence[Card]) -> Iterator[tuple[float, FSRSItem]]:
    for card in cards:
        reviews, before = [], None
        for at, rating in card[:_ANSWERS_OF_A_CARD]:
            gap = int(at - before) if before is not None else 0  # as the scheduler counts days
            reviews.append(FSRSReview(rating, gap))
            before = at
            if gap > 0:
                yield at, FSRSItem(list(reviews))


def _within_bounds(weights: Sequence[float]) -> list[float]:
    """Single precision may lie a little beyond."""
    bounds = zip(weights, LOWEST_WEIGHTS, HIGHEST_WEIGHTS, strict=True)
    return [min(max(weight, lowest), highest) for weight, lowest, highest in bounds]


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what was found out: weights, losses, what each retention costs, which is advised."""
    began = time.process_time()
    found = fit(asked["cards"], asked["weights"])
    best = found["weights"] if found["is_better"] else asked["weights"]
    rules = Rules(tuple(best), maximum_interval_days=asked["maximum_interval_days"])
    habits = Habits(**{name: _tuple(value) for name, value in asked["habits"].items()})
    rows = costs(rules, habits, card_count=_COST_CARDS, days=_COST_DAYS, seed=asked["seed"])
    return {
        **found,
        "costs": [[round(value, 3) for value in row] for row in rows],
        "recommended_retention": recommended_retention(rows),
        "seconds": round(time.process_time() - began, 3),
    }


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


if __name__ == "__main__":
    os.nice(NICENESS)
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
