"""Fitting FSRS-6 to a learner: what it costs, and whether anybody is worse off for it.

    make bench NAME=optimise

One log of 100,000 answers goes through the optimiser's own process, as the product runs it, in
three runs: seconds (wall and CPU, the advice on retention included), log loss of the fifth held out
against the defaults. Then 50 simulated learners, each with a true memory of its own, of 500 to
6,000 answers: the product's rule decides by the held-out fifth; judged again on answers that come
after all that, which neither the fit nor the decision has seen. The last line is JSON.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from dataclasses import asdict
from statistics import mean, median
from typing import Any

import psutil

from benchmarks.cpu import cpu_s
from review.fsrs6 import DEFAULT_WEIGHTS, HIGHEST_WEIGHTS, LOWEST_WEIGHTS, REVIEW, Model
from review.optimiser import Card, fit, items_of, log_loss
from review.workload import Habits

ANSWERS = 100_000
LEARNERS = 50
ANSWERS_OF_LEARNERS = (500, 6_000)
RUNS = 3
SECONDS_MAX = 20.0
UNSEEN = 0.2


def memory(chance: random.Random) -> Model:
    """Return a true memory: FSRS-6 with weights drawn round the defaults."""
    bounds = zip(DEFAULT_WEIGHTS, LOWEST_WEIGHTS, HIGHEST_WEIGHTS, strict=True)
    weights = [
        min(max(weight * chance.lognormvariate(0, 0.25), low), high) for weight, low, high in bounds
    ]
    return Model(weights, 0.9, [], [], 36500)


def answers(seed: int, count: int) -> list[list[tuple[float, int]]]:
    """Return a log of about so many answers, cards begun day by day and reviewed when due."""
    chance, scheduler = random.Random(seed), Model(DEFAULT_WEIGHTS, 0.9, [], [], 36500)
    truth, total = memory(chance), 0
    cards: list[list[tuple[float, int]]] = []
    while total < count:
        card = answers_of_card(chance, truth, scheduler, first_day=len(cards) / 20)
        cards.append(card)
        total += len(card)
    return cards


def answers_of_card(
    chance: random.Random, truth: Model, scheduler: Model, *, first_day: float
) -> list[tuple[float, int]]:
    """Return one card's answers, up to 12: the scheduler has its own idea of the memory."""
    at, found = first_day, []
    rating = chance.choices((1, 2, 3, 4), (25, 10, 55, 10))[0]
    true, seen = truth.first(rating), scheduler.first(rating)
    found.append((at, rating))
    for _ in range(chance.randrange(12)):
        gap = max(1, round(scheduler.interval(seen.stability) * chance.uniform(0.9, 1.3)))
        at += gap
        recall = truth.retrievability(true.stability, gap)
        passed = chance.random() < recall
        rating = chance.choices((2, 3, 4), (10, 80, 10))[0] if passed else 1
        true = truth.after(rating, REVIEW, None, (true.stability, true.difficulty), recall)
        believed = scheduler.retrievability(seen.stability, gap)
        seen = scheduler.after(rating, REVIEW, None, (seen.stability, seen.difficulty), believed)
        found.append((at, rating))
    return found


def big(seed: int) -> dict[str, float]:
    """Send 100,000 answers through the optimiser's process."""
    asked = {
        "cards": answers(seed, ANSWERS),
        "weights": DEFAULT_WEIGHTS,
        "maximum_interval_days": 36500,
        "habits": asdict(Habits()),
        "seed": seed,
    }
    me, text = psutil.Process(), json.dumps(asked)
    before, began = cpu_s(me), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "review.optimiser"],
        input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    wall_s, whole_cpu_s = time.monotonic() - began, cpu_s(me) - before
    found = json.loads(done.stdout)
    return {
        "wall_s": wall_s,
        "cpu_s": found["seconds"] or whole_cpu_s,
        "log_loss": found["log_loss_after"],
        "log_loss_default": found["log_loss_default"],
        "recommended_retention": found["recommended_retention"],
    }


def learner(seed: int) -> dict[str, Any]:
    """Decide for one learner, then judge by what comes later."""
    low, high = ANSWERS_OF_LEARNERS
    cards = answers(seed, random.Random(-seed).randint(low, high))
    ends = sorted(at for card in cards for at, _ in card)
    now = ends[round(len(ends) * (1 - UNSEEN))]
    known: list[Card] = [[each for each in card if each[0] < now] for card in cards]
    found = fit([card for card in known if card], DEFAULT_WEIGHTS)
    kept = found["weights"] if found["is_better"] else DEFAULT_WEIGHTS
    later = [
        item
        for card, before in zip(cards, known, strict=True)
        for item in items_of([card])[max(len(before) - 1, 0) :]
    ]
    held_out = found.get("log_loss_after") if found["is_better"] else found.get("log_loss_before")
    return {
        "answers": len(ends),
        "is_kept": kept is not DEFAULT_WEIGHTS,
        "held_out": held_out,
        "held_out_default": found.get("log_loss_before"),
        "unseen": log_loss(later, kept),
        "unseen_default": log_loss(later, DEFAULT_WEIGHTS),
        "unseen_ungated": log_loss(later, found["weights"] or DEFAULT_WEIGHTS),
    }


def main() -> int:
    """Print the figures; 1 when a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    runs = [big(chosen.seed + run) for run in range(RUNS)]
    found = [learner(chosen.seed * 1000 + number) for number in range(chosen.learners)]
    judged = [row for row in found if row["held_out"] is not None]
    gains = [row["unseen_default"] - row["unseen"] for row in found]
    figures = {
        **{name: median(run[name] for run in runs) for name in runs[0]},
        "kept": sum(row["is_kept"] for row in found),
        "worse_on_held_out": sum(row["held_out"] > row["held_out_default"] for row in judged),
        "worse_on_unseen": sum(gain < 0 for gain in gains),
        "worse_on_unseen_ungated": sum(r["unseen_ungated"] > r["unseen_default"] for r in found),
        "mean_gain_on_unseen": mean(gains),
        "worst_gain_on_unseen": min(gains),
    }
    bars = {
        "seconds": figures["wall_s"] <= SECONDS_MAX,
        "log_loss": figures["log_loss"] <= figures["log_loss_default"],
        "never_worse": figures["worse_on_held_out"] == 0,
    }
    line = {
        "name": "optimise", **figures, "answers": ANSWERS, "raw": {"runs": runs, "learners": found},
        "bars": bars, "n": chosen.learners, "seed": chosen.seed, "ok": all(bars.values()),
    }  # fmt: skip
    print(json.dumps(line))
    return 0 if line["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
