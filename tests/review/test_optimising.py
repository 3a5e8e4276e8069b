"""A learner's own weights: fitted to what was answered, kept only if they foresee better."""

import random
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from accounts.queries.learners import Learner
from benchmarks.optimise import answers
from review.answer_logs import answer_log, habits_of
from review.commands.batches import record_reviews
from review.commands.cards import reset
from review.commands.optimising import TooFewAnswers, optimise_learner, request_optimisation
from review.commands.plans import change_plan
from review.commands.recording import Answer
from review.commands.reviews import undo_review
from review.fsrs6 import DEFAULT_WEIGHTS, Model
from review.models import LearnerClock
from review.optimiser import fit
from review.plan_models import Optimisation
from review.queries.optimisations import learners_to_optimise
from review.ratings import Rating
from review.workload import (
    Deck,
    Habits,
    Rules,
    after,
    costs,
    first,
    forecast,
    recommended_retention,
    simulate,
)
from tests.client import ApiClient
from tests.review.cards import NOW, card, review

DAY = timedelta(days=1)


def test_arrays_are_graded_as_single_cards_are() -> None:
    chance, model = random.Random(5), Model(DEFAULT_WEIGHTS, 0.9, [], [], 36500)
    for _ in range(200):
        stability, difficulty = chance.uniform(0.1, 300), chance.uniform(1, 10)
        rating, days = chance.randint(1, 4), chance.randint(1, 400)
        recall = model.retrievability(stability, days)
        one = model.after(rating, 2, None, (stability, difficulty), recall)
        memory = np.array([stability]), np.array([difficulty])
        many = after(DEFAULT_WEIGHTS, memory, np.array([recall]), np.array([rating]))
        assert (many[0][0], many[1][0]) == pytest.approx((one.stability, one.difficulty), rel=1e-9)
    new = first(DEFAULT_WEIGHTS, np.array([1, 2, 3, 4]))
    assert [(s, d) for s, d in zip(*new, strict=True)] == [
        pytest.approx((model.first(r).stability, model.first(r).difficulty)) for r in (1, 2, 3, 4)
    ]


def test_fitted_weights_foresee_better_what_was_held_out() -> None:
    found = fit(answers(2, 8_000), DEFAULT_WEIGHTS)
    assert found["is_better"]
    assert found["log_loss_after"] < found["log_loss_before"] == found["log_loss_default"]


def test_too_few_or_true_weights_stay() -> None:
    assert not fit(answers(2, 100), DEFAULT_WEIGHTS)["is_better"]
    fitted = fit(answers(2, 8_000), DEFAULT_WEIGHTS)["weights"]
    again = fit(answers(2, 8_000), [weight * 1.0 for weight in fitted])
    assert again["log_loss_before"] == pytest.approx(
        fit(answers(2, 8_000), DEFAULT_WEIGHTS)["log_loss_after"]
    )


def test_workload_grows_with_retention_and_a_cap_holds() -> None:
    rows = costs(Rules(), Habits(), card_count=300, days=120, seed=1)
    assert rows[0][1] < rows[-1][1]
    assert rows[0][3] < rows[-1][3]
    assert 0.7 < recommended_retention(rows) < 0.96
    deck = Deck.of_new(200)
    load = simulate(deck, Rules(reviews_a_day=5, new_a_day=20), Habits(), days=60, seed=1)
    assert load.reviews.max() == 5
    assert load.new.sum() == 200
    assert deck.new_count == 200  # what was given stays as it was


def test_a_forecast_of_nothing_is_nothing() -> None:
    middle, low, high = forecast([], Habits(), days=30, seed=1)
    assert middle.sum() == low.sum() == high.sum() == 0


def test_the_log_leaves_out_what_was_undone_and_begins_anew_after_a_reset(
    learner: Learner,
) -> None:
    content = card(learner)
    review(learner, content, Rating.GOOD)
    undone = review(learner, content, Rating.AGAIN, at=NOW + DAY)
    undo_review(learner=learner, review_id=undone.public_id, now=NOW + DAY)
    reset(learner=learner, content_id=content.public_id, now=NOW + DAY * 2)
    review(learner, content, Rating.EASY, at=NOW + DAY * 3)
    log = answer_log(learner)
    assert [[each.rating for each in one] for one in log.cards] == [[3], [4]]
    assert habits_of(log).passed == Habits().passed  # too few to tell


def _answered(learner: Learner, count: int) -> None:
    log = answers(2, count)
    made = [card(learner, f"{number}", now=NOW - DAY * 900) for number in range(12)]
    given = [
        Answer(made[place].public_id, Rating(rating), 4000, NOW + DAY * (at - 800), None)
        for place, one in enumerate(_joined(log, 12))
        for at, rating in one
    ]
    for start in range(0, len(given), 1000):
        record_reviews(learner=learner, answers=given[start : start + 1000], now=NOW)


def _joined(log: list[list[tuple[float, int]]], count: int) -> list[list[tuple[float, int]]]:
    """Few cards with all the answers, one log after another: cards are dear to make."""
    found: list[list[tuple[float, int]]] = [[] for _ in range(count)]
    for number, one in enumerate(log):
        into = found[number % count]
        ahead = (into[-1][0] if into else 0.0) - one[0][0] + 1
        into += [((at + ahead) % 790 + len(into) / 1000, rating) for at, rating in one]
    return found


def test_an_optimisation_is_stored_with_before_and_after_and_shown(
    learner: Learner, api: ApiClient
) -> None:
    _answered(learner, 450)
    row = optimise_learner(learner=learner)
    assert row.held_out_count > 50
    assert None not in (row.log_loss_before, row.log_loss_after, row.log_loss_default)
    chosen = LearnerClock.objects.get(user_id=learner.id).parameters
    assert (chosen is not None) == row.is_kept == (row.parameters is not None)
    (shown,) = api.get("/scheduling/optimisations/").json()
    assert shown["log_loss_before"] == row.log_loss_before
    assert shown["is_kept"] == row.is_kept
    assert len(shown["costs"]) == 14
    assert learners_to_optimise(limit=9) == []  # nothing new since


def test_too_few_answers_are_refused(learner: Learner, api: ApiClient) -> None:
    review(learner, card(learner))
    with pytest.raises(TooFewAnswers):
        request_optimisation(learner=learner)
    answer = api.post("/scheduling/optimisations/")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_few_answers")


def test_the_same_promise_is_made_once_and_only_to_who_wants_it(learner: Learner) -> None:
    review(learner, card(learner))
    LearnerClock.objects.filter(user_id=learner.id).update(facts_seq=500)
    assert learners_to_optimise(limit=9) == [learner]
    first_job = request_optimisation(learner=learner)
    assert request_optimisation(learner=learner).pk == first_job.pk
    change_plan(learner=learner, changes={"is_optimised": False}, now=NOW)
    assert learners_to_optimise(limit=9) == []


def test_kept_weights_go_to_the_learner_and_to_categories_alike(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from review.commands import optimising
    from review.commands.categories import create_category
    from review.commands.parameters import choose_category_parameters

    alike, other = (create_category(learner=learner, name=name) for name in ("alike", "other"))
    choose_category_parameters(
        learner=learner, category_id=alike.public_id, changes={"desired_retention": 0.95}
    )
    own = [*DEFAULT_WEIGHTS[:3], 9.0, *DEFAULT_WEIGHTS[4:]]
    choose_category_parameters(
        learner=learner, category_id=other.public_id, changes={"weights": own}
    )
    content = card(learner, now=NOW - DAY * 900)
    given = [
        Answer(content.public_id, Rating.GOOD, 1, NOW - DAY * 900 + DAY * place)
        for place in range(400)
    ]
    record_reviews(learner=learner, answers=given, now=NOW)
    fitted = [
        weight * 1.01 if place < 4 else weight for place, weight in enumerate(DEFAULT_WEIGHTS)
    ]

    def found(*_: Any, **__: Any) -> dict[str, Any]:
        return {
            "weights": fitted, "is_better": True, "fitted_count": 320, "held_out_count": 80,
            "recommended_retention": 0.88, "costs": [], "seconds": 0.1,
        }  # fmt: skip

    monkeypatch.setattr(optimising, "_found", found)
    row = optimise_learner(learner=learner)
    assert row.is_kept
    for category, weights in ((alike, fitted), (other, own)):
        category.refresh_from_db()
        assert category.parameters is not None
        assert category.parameters.weights == weights
    assert alike.parameters is not None
    assert alike.parameters.desired_retention == 0.95
    assert Optimisation.objects.get().parameters_id == row.parameters_id
