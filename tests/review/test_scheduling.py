"""The pure rules: equal to FSRS-6's own implementation, and computable again."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsrs
import pytest

from config.settings import variables
from review.ratings import Rating
from review.scheduling import NEW, REVIEW, MemoryState, Parameters, grade, preview, retrievability

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
PLAIN = Parameters(learning_steps_seconds=(), relearning_steps_seconds=(), is_fuzzed=False)
STEPPED = Parameters(is_fuzzed=False)
VECTORS = json.loads((Path(__file__).parent / "fsrs_vectors.json").read_text())
HISTORIES = 10_000 if variables.text("PROOF") else 200


@pytest.mark.parametrize("vector", VECTORS)
def test_published_vectors_hold(vector: dict[str, list[list[float]]]) -> None:
    state, now = MemoryState(due_at=START), START
    for elapsed_days, rating, stability, difficulty, interval_days, *_ in vector["seq"]:
        now += timedelta(days=elapsed_days)
        state = grade(state, Rating(int(rating)), now, PLAIN, seed="card")
        assert state.stability == pytest.approx(stability, abs=2e-5)
        assert state.difficulty == pytest.approx(difficulty, abs=2e-5)
        assert state.due_at - now == timedelta(days=interval_days)


@pytest.mark.parametrize("parameters", [PLAIN, STEPPED], ids=["no steps", "default steps"])
def test_schedules_equal_py_fsrs_on_random_histories(parameters: Parameters) -> None:
    source = random.Random(20261121)
    peer = fsrs.Scheduler(
        learning_steps=[timedelta(seconds=s) for s in parameters.learning_steps_seconds],
        relearning_steps=[timedelta(seconds=s) for s in parameters.relearning_steps_seconds],
        enable_fuzzing=False,
    )
    for _ in range(HISTORIES):
        state, card, now = MemoryState(due_at=START), fsrs.Card(card_id=1, due=START), START
        for _ in range(source.randint(1, 20)):
            rating = Rating(source.randint(1, 4))
            state = grade(state, rating, now, parameters, seed="card")
            card, _ = peer.review_card(card, fsrs.Rating(rating), now)
            assert (state.due_at, state.stability, state.difficulty) == (
                card.due,
                card.stability,
                card.difficulty,
            )
            now += timedelta(seconds=source.choice([30, 700, 86_400, 86_400 * 9, 86_400 * 60]))


def _reviewed(parameters: Parameters, seed: str) -> MemoryState:
    state, now = MemoryState(due_at=START), START
    for _ in range(6):
        state = grade(state, Rating.GOOD, now, parameters, seed=seed)
        now = state.due_at
    return state


def test_fuzz_is_the_same_for_a_card_and_spreads_cards() -> None:
    fuzzed = [_reviewed(Parameters(), seed=str(card)).due_at for card in range(40)]
    assert fuzzed == [_reviewed(Parameters(), seed=str(card)).due_at for card in range(40)]
    assert len(set(fuzzed)) > 10


def test_the_preview_is_what_grading_gives() -> None:
    state = _reviewed(Parameters(), seed="card")
    due = preview(state, state.due_at, Parameters(), seed="card")
    for rating in Rating:
        graded = grade(state, rating, state.due_at, Parameters(), seed="card")
        assert due[rating] == graded.due_at
    assert due[Rating.AGAIN] < due[Rating.HARD] < due[Rating.GOOD] < due[Rating.EASY]


def test_again_in_review_is_a_lapse_and_in_learning_is_not() -> None:
    state = _reviewed(STEPPED, seed="card")
    assert state.stage == REVIEW
    assert grade(state, Rating.AGAIN, state.due_at, STEPPED, seed="card").lapses == 1
    fresh = grade(MemoryState(due_at=START), Rating.AGAIN, START, STEPPED, seed="card")
    assert (fresh.lapses, fresh.reps) == (0, 1)


def test_the_interval_stays_below_its_maximum() -> None:
    short = Parameters(maximum_interval_days=10)
    state = _reviewed(short, seed="card")
    assert state.due_at - state.reviewed_at <= timedelta(days=10)  # type: ignore[operator]


def test_recall_is_predicted_to_be_ninety_percent_when_due() -> None:
    state = _reviewed(STEPPED, seed="card")
    assert retrievability(state, state.due_at, STEPPED) == pytest.approx(0.9, abs=0.01)
    assert retrievability(MemoryState(due_at=START, stage=NEW), START, STEPPED) is None
