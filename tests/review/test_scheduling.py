"""The pure rules: equal to FSRS-6's own implementation, and computable again."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import fsrs
import pytest

from config.settings import variables
from review.fsrs6 import fuzz_range
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


def _peer(parameters: Parameters) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        parameters=parameters.weights,
        desired_retention=parameters.desired_retention,
        learning_steps=[timedelta(seconds=s) for s in parameters.learning_steps_seconds],
        relearning_steps=[timedelta(seconds=s) for s in parameters.relearning_steps_seconds],
        maximum_interval=parameters.maximum_interval_days,
        enable_fuzzing=False,
    )


BOUNDS = list(
    zip(fsrs.scheduler.LOWER_BOUNDS_PARAMETERS, fsrs.scheduler.UPPER_BOUNDS_PARAMETERS, strict=True)
)


def _any_parameters(source: random.Random) -> Parameters:
    steps = [tuple(source.choices([1, 45, 60, 601, 86_400], k=source.randint(0, 4))) for _ in "ab"]
    return Parameters(
        weights=tuple(source.choice([a, source.uniform(a, b), b]) for a, b in BOUNDS),
        desired_retention=source.uniform(0.7, 0.99),
        learning_steps_seconds=steps[0],
        relearning_steps_seconds=steps[1],
        maximum_interval_days=source.choice([1, 5, 365, 36500]),
        is_fuzzed=False,
    )


def _assert_equal(state: MemoryState, card: fsrs.Card) -> None:
    assert (state.stage, state.step, state.stability, state.difficulty, state.due_at) == (
        card.state,
        card.step,
        card.stability,
        card.difficulty,
        card.due,
    )
    assert state.reviewed_at == card.last_review


def _walk(choices: Sequence[Parameters], source: random.Random) -> None:
    """Answer one card at random moments, each time by one of ``choices``."""
    state, card, now = MemoryState(due_at=START), fsrs.Card(card_id=1, due=START), START
    for _ in range(source.randint(1, 20)):
        parameters, rating = source.choice(choices), Rating(source.randint(1, 4))
        peer = _peer(parameters)
        assert (retrievability(state, now, parameters) or 0) == peer.get_card_retrievability(
            card, now
        )
        due = preview(state, now, parameters, seed="card")
        for each in Rating:
            assert due[each] == peer.review_card(card, fsrs.Rating(each), now)[0].due
        state = grade(state, rating, now, parameters, seed="card")
        card, _ = peer.review_card(card, fsrs.Rating(rating), now)
        _assert_equal(state, card)
        now += timedelta(seconds=source.choice([-60, 30, 700, 86_399, 86_400, 777_600, 5_184_000]))


@pytest.mark.parametrize("parameters", [PLAIN, STEPPED], ids=["no steps", "default steps"])
def test_schedules_equal_py_fsrs_on_random_histories(parameters: Parameters) -> None:
    source = random.Random(20261121)
    for _ in range(HISTORIES):
        _walk([parameters], source)


def test_schedules_equal_py_fsrs_by_any_parameters_even_changed_ones() -> None:
    source = random.Random(20261122)
    for _ in range(HISTORIES):
        _walk([_any_parameters(source) for _ in range(source.randint(1, 3))], source)


def test_the_default_weights_are_py_fsrs_own() -> None:
    assert Parameters().weights == fsrs.scheduler.DEFAULT_PARAMETERS


@pytest.mark.parametrize("weights", [(), (0.0,) * 21, (*Parameters().weights[:20], 0.9)])
def test_weights_beyond_their_bounds_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="eight"):
        grade(MemoryState(due_at=START), Rating.GOOD, START, Parameters(weights), seed="card")


def test_an_interval_is_the_same_in_every_time_zone() -> None:
    new_york = START.astimezone(ZoneInfo("America/New_York"))
    state = _reviewed(Parameters(), seed="card")
    assert preview(state, new_york, Parameters(), seed="card") == preview(
        state, START, Parameters(), seed="card"
    )
    assert grade(state, Rating.EASY, new_york, PLAIN, seed="card") == grade(
        state, Rating.EASY, START, PLAIN, seed="card"
    )


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


def test_the_fuzz_is_a_draw_from_fsrs_own_range() -> None:
    state = MemoryState(START, REVIEW, None, 40.0, 5.0, START, 3)
    for number in range(200):
        now = START + timedelta(days=number)
        days = (grade(state, Rating.GOOD, now, STEPPED, seed="card").due_at - now).days
        drawn = random.Random("card:4").randint(*fuzz_range(days, 36500))
        due = grade(state, Rating.GOOD, now, Parameters(), seed="card").due_at
        assert due == now + timedelta(days=drawn)


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
