"""What planning does for simulated learners whose true memory is not what the scheduler believes.

    make bench NAME=planning

Each learner's memory follows FSRS-6 with weights of its own, drawn round the defaults; the
scheduler uses the defaults. The product's own rules grade (`review.scheduling`), plan each night
(`review.planning`) and forecast (`review.workload`); nothing is stored. The last line is JSON,
medians over the learners:
balance_cv_ratio (variation of reviews a day within 28 days, the mean of three such blocks, levelled
over not levelled, both with seeded fuzz; balance_cv84_ratio: of the 84 days, trend included),
mean_r_change_pp (of the true recall at a review), exam_* (predicted and true recall on the day with
and without, and reviews in the 90 days before it over those without; the last 30 bring no new),
break_peak_over_cap (the busiest day after 14 days away, over the cap; without a cap besides),
forecast_error_pct (of the reviews in 30 days, against what the learner then did).
"""

import argparse
import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import mean, median, pstdev
from typing import Any

import numpy as np

from review.fsrs6 import DEFAULT_WEIGHTS, HIGHEST_WEIGHTS, LOWEST_WEIGHTS, REVIEW, Model
from review.plan_terms import Calendar, PlanCard, Wishes, window
from review.planning import plan
from review.ratings import Rating
from review.scheduling import MemoryState, Parameters, grade
from review.workload import Deck, Habits, Rules, forecast

RULES = Parameters(learning_steps_seconds=(), relearning_steps_seconds=())
FIRST_DAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WARM_DAYS, MEASURED_DAYS = 180, 84
EXAM_TARGET, EXAM_SEEN_DAYS, EXAM_REST_DAYS = 0.97, 90, 30
AWAY_DAYS = 14
FORECAST_DAYS = 30


@dataclass
class TrueCard:
    """A card as the scheduler sees it and as it is."""

    key: int
    state: MemoryState
    memory: tuple[float, float] | None = None
    planned_on: int = 0


@dataclass
class Learner:
    """A deck that grows by some cards a day, and a memory with weights of its own."""

    seed: int
    new_a_day: int = 8
    wishes: Wishes = field(default_factory=Wishes)
    is_planned: bool = True
    cards: list[TrueCard] = field(default_factory=list)
    reviews: list[int] = field(default_factory=list)
    recalls: list[tuple[int, float]] = field(default_factory=list)  # of each review: day, true

    def __post_init__(self) -> None:
        """Draw the memory."""
        self.chance = random.Random(self.seed)
        weights = [
            min(max(weight * self.chance.lognormvariate(0, 0.15), low), high)
            for weight, low, high in zip(
                DEFAULT_WEIGHTS, LOWEST_WEIGHTS, HIGHEST_WEIGHTS, strict=True
            )
        ]
        self.truth = Model(weights, 0.9, [], [], 36500)

    def live(self, day: int, *, is_away: bool = False) -> None:
        """Plan the night before, then do what is asked."""
        if self.is_planned:
            self.plan(day)
        asked = [] if is_away else [card for card in self.cards if card.planned_on <= day]
        for card in asked:
            self.answer(card, day)
        self.reviews.append(len(asked))
        for _ in range(0 if is_away else self.new_a_day):
            card = TrueCard(len(self.cards), MemoryState(due_at=FIRST_DAY + DAY * day))
            self.cards.append(card)
            self.answer(card, day)

    def answer(self, card: TrueCard, day: int) -> None:
        """Recall it, or not, by the true memory; the scheduler sees the rating."""
        state = card.state
        if card.memory is None:
            rating = self.chance.choices((1, 2, 3, 4), (25, 10, 55, 10))[0]
            after = self.truth.first(rating)
        else:
            assert state.reviewed_at is not None
            elapsed = day - (state.reviewed_at - FIRST_DAY).days
            recall = self.truth.retrievability(card.memory[0], elapsed)
            self.recalls.append((day, recall))
            passed = self.chance.random() < recall
            rating = self.chance.choices((2, 3, 4), (10, 80, 10))[0] if passed else 1
            after = self.truth.after(rating, REVIEW, None, card.memory, recall)
        card.memory = after.stability, after.difficulty
        seed = f"{self.seed}:{card.key}"
        card.state = grade(state, Rating(rating), FIRST_DAY + DAY * day, RULES, seed=seed)
        card.planned_on = (card.state.due_at - FIRST_DAY).days

    def plan(self, day: int) -> None:
        """Place the cards, as the nightly task does."""
        base = FIRST_DAY.toordinal()
        wishes = {1: Wishes(self.wishes.reviews_a_day, None, self._exam_on(base))}
        if self.wishes.exam_on is not None:
            wishes[1] = Wishes(
                self.wishes.reviews_a_day, None, self._exam_on(base), self.wishes.exam_retention
            )
        cards = [self._plan_card(card, base) for card in self.cards]
        for key, place in plan(cards, wishes, Calendar(base + day)).items():
            self.cards[key].planned_on = place.day - base

    def _exam_on(self, base: int) -> int | None:
        return None if self.wishes.exam_on is None else base + self.wishes.exam_on

    def _plan_card(self, card: TrueCard, base: int) -> PlanCard:
        state = card.state
        assert state.reviewed_at is not None
        assert state.stability is not None
        assert state.difficulty is not None
        reviewed = (state.reviewed_at - FIRST_DAY).days
        due = (state.due_at - FIRST_DAY).days
        lowest, highest = window(RULES.model, state.stability, due - reviewed, 36500)
        days = base + reviewed + lowest, base + reviewed + highest
        return PlanCard(
            card.key, base + due, days, (1,), RULES.model, base + reviewed, state.stability,
            state.difficulty,
        )  # fmt: skip

    def recall_on(self, day: int, *, is_true: bool) -> float:
        """Return the mean recall of all cards, by the true memory or as the scheduler predicts."""
        found = []
        for card in self.cards:
            assert card.state.reviewed_at is not None
            assert card.memory is not None
            assert card.state.stability is not None
            elapsed = day - (card.state.reviewed_at - FIRST_DAY).days
            model, stability = (
                (self.truth, card.memory[0]) if is_true else (RULES.model, card.state.stability)
            )
            found.append(model.retrievability(stability, elapsed))
        return mean(found)


def balance(seed: int) -> dict[str, float]:
    """Live twice, levelled and not; compare the days."""
    found = {}
    for name, is_planned in (("with", True), ("without", False)):
        learner = Learner(seed, is_planned=is_planned)
        for day in range(WARM_DAYS + MEASURED_DAYS):
            learner.live(day)
        days = learner.reviews[WARM_DAYS:]
        blocks = [days[start : start + 28] for start in range(0, MEASURED_DAYS, 28)]
        found[f"cv_{name}"] = mean(pstdev(block) / mean(block) for block in blocks)
        found[f"cv84_{name}"] = pstdev(days) / mean(days)
        found[f"r_{name}"] = mean(recall for day, recall in learner.recalls if day >= WARM_DAYS)
        found[f"reviews_{name}"] = sum(days)
    return {
        **found,
        "balance_cv_ratio": found["cv_with"] / found["cv_without"],
        "balance_cv84_ratio": found["cv84_with"] / found["cv84_without"],
        "mean_r_change_pp": abs(found["r_with"] - found["r_without"]) * 100,
    }


def exam(seed: int) -> dict[str, float]:
    """Live up to an exam, with and without having said so; no new cards in its last month."""
    found, day_of_exam = {}, WARM_DAYS
    for name, wishes in (
        ("with", Wishes(exam_on=day_of_exam, exam_retention=EXAM_TARGET)),
        ("without", Wishes()),
    ):
        learner = Learner(seed, wishes=wishes)
        for day in range(day_of_exam):
            if day == day_of_exam - EXAM_REST_DAYS:
                learner.new_a_day = 0
            learner.live(day)
        found[f"exam_recall_{name}"] = learner.recall_on(day_of_exam, is_true=False)
        found[f"exam_true_recall_{name}"] = learner.recall_on(day_of_exam, is_true=True)
        found[f"exam_reviews_{name}"] = sum(learner.reviews[-EXAM_SEEN_DAYS:])
        found[f"exam_week_reviews_{name}"] = sum(learner.reviews[-7:])
    more = found["exam_reviews_with"] / found["exam_reviews_without"] - 1
    return {**found, "exam_more_reviews_pct": more * 100}


def away(seed: int) -> dict[str, float]:
    """Be away for two weeks without having said so; compare what then comes at once."""
    found = {}
    for name in ("with", "without"):
        learner = Learner(seed)
        for day in range(WARM_DAYS):
            learner.live(day)
        cap = round(1.5 * mean(learner.reviews[-28:]))
        learner.wishes = Wishes(reviews_a_day=cap if name == "with" else None)
        for day in range(WARM_DAYS, WARM_DAYS + AWAY_DAYS):
            learner.live(day, is_away=True)
        start = len(learner.reviews)
        for day in range(WARM_DAYS + AWAY_DAYS, WARM_DAYS + AWAY_DAYS + 60):
            learner.live(day)
        found[f"break_peak_over_cap_{name}"] = max(learner.reviews[start:]) / cap
    return found


def foresee(seed: int) -> dict[str, float]:
    """Forecast a month of reviews, live it, and compare."""
    learner = Learner(seed)
    for day in range(WARM_DAYS):
        learner.live(day)
    states = [card.state for card in learner.cards]
    deck = Deck(
        np.array([state.stability for state in states]),
        np.array([state.difficulty for state in states]),
        np.array([(state.reviewed_at - FIRST_DAY).days - WARM_DAYS for state in states
                  if state.reviewed_at]),
        np.array([card.planned_on - WARM_DAYS for card in learner.cards]),
        FORECAST_DAYS * learner.new_a_day,
    )  # fmt: skip
    rules = Rules(new_a_day=learner.new_a_day)
    expected, _, _ = forecast([(deck, rules)], Habits(), days=FORECAST_DAYS, seed=seed)
    for day in range(WARM_DAYS, WARM_DAYS + FORECAST_DAYS):
        learner.live(day)
    actual = np.array(learner.reviews[-FORECAST_DAYS:], float)
    total = abs(expected.sum() - actual.sum()) / actual.sum()
    daily = np.abs(expected - actual).mean() / actual.mean()
    return {"forecast_error_pct": 100 * total, "forecast_daily_error_pct": 100 * daily}


STORIES: tuple[Callable[[int], dict[str, float]], ...] = (balance, exam, away, foresee)


def verdict(found: dict[str, float]) -> dict[str, bool]:
    """Return which bars the figures reach."""
    return {
        "balance": found["balance_cv_ratio"] <= 0.5,
        "recall": found["mean_r_change_pp"] <= 0.5,
        "exam_recall": found["exam_recall_with"] >= EXAM_TARGET - 0.01,
        "exam_reviews": found["exam_more_reviews_pct"] <= 15,
        "break": found["break_peak_over_cap_with"] <= 1.5,
        "forecast": found["forecast_error_pct"] < 10,
    }


def main() -> int:
    """Print the figures; 1 when a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    raw: dict[str, list[float]] = {}
    for number in range(chosen.learners):
        for story in STORIES:
            for name, value in story(chosen.seed * 1000 + number).items():
                raw.setdefault(name, []).append(round(float(value), 4))
                print(number, name, round(value, 4), flush=True)
    figures = {name: median(values) for name, values in raw.items()}
    bars = verdict(figures)
    result: dict[str, Any] = {
        "name": "planning", **figures, "exam_target": EXAM_TARGET, "raw": raw, "bars": bars,
        "n": chosen.learners, "seed": chosen.seed, "ok": all(bars.values()),
    }  # fmt: skip
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
