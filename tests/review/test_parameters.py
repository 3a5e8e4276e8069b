"""Parameters: chosen by the learner or a category, inherited downwards, decided once a fact."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.queries.learners import Learner
from review.commands.categories import change_category, create_category, delete_category
from review.commands.contents import NewContent, add_content
from review.commands.parameters import (
    choose_category_parameters,
    choose_parameters,
    inherit_parameters,
)
from review.models import Category, Content, ReviewHistory, SchedulingParameters
from review.queries.due import due_cards
from review.ratings import Rating
from tests.client import ApiClient
from tests.review.cards import NOW, assert_schedule_is_replay, card, review

DAY = timedelta(days=1)
STRICT = {"desired_retention": 0.97, "is_fuzzed": False}


def _card_in(learner: Learner, category: Category, front: str) -> Content:
    new = NewContent(category_id=category.public_id, front=front, back="x")
    return add_content(learner=learner, new=new, now=NOW)


def _interval(learner: Learner, content: Content) -> int:
    """Days that an EASY first answer gives; with the defaults 8."""
    return (review(learner, content, Rating.EASY).state.due_at - NOW).days


def test_the_learners_choice_decides_from_the_next_answer_on(learner: Learner) -> None:
    before, after = card(learner, "a"), card(learner, "b")
    review(learner, before, Rating.EASY)
    assert _interval(learner, card(learner, "c")) >= 5
    choose_parameters(learner=learner, changes=STRICT)
    assert _interval(learner, after) == 2
    assert_schedule_is_replay(learner)  # of each fact with the parameters that decided it


def test_a_category_chooses_for_itself_and_those_below_it(learner: Learner) -> None:
    top = create_category(learner=learner, name="Top")
    choose_category_parameters(learner=learner, category_id=top.public_id, changes=STRICT)
    below = create_category(learner=learner, name="Below", parent_id=top.public_id)
    other = create_category(learner=learner, name="Other")
    moved = create_category(learner=learner, name="Moved", parent_id=other.public_id)
    days = [_interval(learner, _card_in(learner, c, c.name)) for c in (top, below, other, moved)]
    assert days[:2] == [2, 2]
    assert min(days[2:]) >= 5
    for parent, wanted in ((below, 2), (other, None), (top, 2)):
        change_category(
            learner=learner, category_id=moved.public_id, changes={"parent": parent.public_id}
        )
        days_now = _interval(learner, _card_in(learner, moved, f"under {parent.name}"))
        assert days_now == wanted if wanted else days_now >= 5
    inherit_parameters(learner=learner, category_id=top.public_id)
    assert _interval(learner, _card_in(learner, below, "now free")) >= 5


def test_what_a_deleted_category_had_chosen_goes_with_it(learner: Learner) -> None:
    top = create_category(learner=learner, name="Top")
    child = create_category(learner=learner, name="Child", parent_id=top.public_id)
    other = create_category(learner=learner, name="Other")
    choose_category_parameters(learner=learner, category_id=top.public_id, changes=STRICT)
    delete_category(learner=learner, category_id=top.public_id, into_id=other.public_id, now=NOW)
    child.refresh_from_db()
    assert child.applied_parameters is None
    assert _interval(learner, _card_in(learner, child, "x")) >= 5


def test_the_preview_is_the_answer_under_a_categorys_parameters(learner: Learner) -> None:
    top = create_category(learner=learner, name="Top")
    choose_category_parameters(learner=learner, category_id=top.public_id, changes=STRICT)
    content = _card_in(learner, top, "x")
    (shown,) = due_cards(learner, now=NOW, limit=1).cards
    assert (
        review(learner, content, Rating.EASY).state.due_at
        == shown["next_intervals"]["easy"]["due_at"]
    )


def test_choosing_the_same_again_makes_no_new_set(learner: Learner) -> None:
    first = choose_parameters(learner=learner, changes=STRICT)
    assert choose_parameters(learner=learner, changes=STRICT) == first
    assert SchedulingParameters.objects.count() == 2


def test_over_http(api: ApiClient, learner: Learner) -> None:
    assert api.get("/scheduling/").json()["source"] == "default"
    changed = api.patch("/scheduling/", {"desired_retention": 0.95, "leech_action": "suspend"})
    assert (changed.status_code, changed.json()["source"]) == (200, "learner")
    assert changed.json()["desired_retention"] == 0.95
    assert changed.json()["learning_steps_seconds"] == [60, 600]
    top = create_category(learner=learner, name="Top")
    below = create_category(learner=learner, name="Below", parent_id=top.public_id)
    path = f"/categories/{top.public_id}/scheduling/"
    assert api.get(path).json()["source"] == "learner"
    assert api.patch(path, {"maximum_interval_days": 30}).json()["source"] == "category"
    under = api.get(f"/categories/{below.public_id}/scheduling/").json()
    assert (under["source"], under["maximum_interval_days"]) == ("category_above", 30)
    assert under["desired_retention"] == 0.95
    assert api.delete(path).json()["source"] == "learner"


@pytest.mark.parametrize(
    "body",
    [
        {"desired_retention": 0.5},
        {"desired_retention": "NaN"},
        {"learning_steps_seconds": [0]},
        {"learning_steps_seconds": list(range(1, 12))},
        {"maximum_interval_days": 0},
        {"leech_action": "delete"},
        {"weights": [1.0] * 20},
        {"weights": [-1.0] * 21},
        {"weights": [1e999] * 21},
        b'{"desired_retention": NaN}',
    ],
)
@pytest.mark.asvs("2.2.2", "serializers and commands check, whatever the client did")
def test_what_cannot_be_chosen(api: ApiClient, body: Any) -> None:
    response = api.patch("/scheduling/", body)
    assert response.status_code in (400, 422)
    assert response["content-type"] == "application/problem+json"
    assert SchedulingParameters.objects.count() == 1


def test_anothers_category_is_none(bobs_api: ApiClient, learner: Learner) -> None:
    top = create_category(learner=learner, name="Top")
    path = f"/categories/{top.public_id}/scheduling/"
    for response in (bobs_api.get(path), bobs_api.patch(path, STRICT), bobs_api.delete(path)):
        assert response.status_code == 404


def test_each_fact_keeps_the_parameters_that_decided_it(learner: Learner) -> None:
    content = card(learner)
    review(learner, content, Rating.EASY)
    new = choose_parameters(learner=learner, changes=STRICT)
    review(learner, content, Rating.GOOD, NOW + 8 * DAY)
    assert list(ReviewHistory.objects.order_by("id").values_list("parameters_id", flat=True)) == [
        1, new.pk,
    ]  # fmt: skip
    assert_schedule_is_replay(learner)
