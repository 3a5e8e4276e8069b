"""Putting cards aside, starting them anew, moving them: state and statistics stay exact."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from accounts.queries.learners import Learner, learner_of
from config.errors import ReseeError
from review.commands.cards import bury, reset, suspend, unsuspend
from review.commands.categories import create_category, delete_category, inbox
from review.commands.moves import move_content
from review.commands.reviews import undo_review
from review.models import Category, Content, ReviewAdjustment, ReviewSchedule, Stage
from review.queries.due import due_cards
from review.queries.statistics import categories
from review.ratings import Rating
from review.states import state_of
from tests import make
from tests.review.cards import NOW, assert_schedule_is_replay, card, review
from tests.review.projection import verify_projection

DAY = timedelta(days=1)


def _due(learner: Learner, now: object = NOW) -> int:
    return due_cards(learner, now=now, limit=100).due_count  # type: ignore[arg-type]


def test_a_suspended_card_sleeps_until_it_is_woken(learner: Learner) -> None:
    content = card(learner)
    assert suspend(learner=learner, content_id=content.public_id, now=NOW) == 1
    assert _due(learner) == 0
    with pytest.raises(ReseeError, match="suspended"):
        review(learner, content)
    assert unsuspend(learner=learner, content_id=content.public_id) == 1
    assert _due(learner) == 1


def test_a_buried_card_and_its_siblings_come_back_with_the_learners_next_day(
    learner: Learner,
) -> None:
    note = uuid4()
    first = card(learner, note_id=note)
    card(learner, "sibling", note_id=note)
    card(learner, "stranger")
    assert bury(learner=learner, content_id=first.public_id, now=NOW, siblings=True) == 2
    next_day = NOW.replace(hour=19)  # 04:00 in Seoul
    assert _due(learner) == 1
    assert _due(learner, next_day - timedelta(seconds=1)) == 1
    assert _due(learner, next_day) == 3


def test_a_reset_card_is_new_and_its_reviews_still_count(learner: Learner) -> None:
    content = card(learner)
    review(learner, content, Rating.EASY)
    before = state_of(ReviewSchedule.objects.get())
    done = reset(learner=learner, content_id=content.public_id, now=NOW + DAY)
    assert (done.state.stage, done.state.reps, done.state.due_at) == (Stage.NEW, 0, NOW + DAY)
    assert_schedule_is_replay(learner)
    assert categories(learner, now=NOW + DAY)[0]["all_time"]["review_count"] == 1
    undone = undo_review(learner=learner, review_id=done.public_id, now=NOW)
    assert undone.state == before
    assert_schedule_is_replay(learner)
    verify_projection(learner, NOW + DAY)


def _all_time(learner: Learner) -> dict[str, int]:
    rows = categories(learner, now=NOW)
    return {row["name"]: row["all_time"]["review_count"] for row in rows}


def _reviewed(learner: Learner) -> tuple[Content, Category]:
    content = card(learner)
    for rating in (Rating.AGAIN, Rating.GOOD, Rating.EASY):
        review(learner, content, rating)
    return content, create_category(learner=learner, name="Fruit")


def test_a_moved_cards_past_reviews_move_with_it(learner: Learner) -> None:
    content, fruit = _reviewed(learner)
    recorded = review(learner, content)
    for _ in range(2):
        move_content(
            learner=learner, content_id=content.public_id, category_id=fruit.public_id, now=NOW
        )
    assert _all_time(learner) == {"Fruit": 4, "Words": 0}
    undo_review(learner=learner, review_id=recorded.public_id, now=NOW)
    review(learner, content, Rating.HARD)
    assert _all_time(learner) == {"Fruit": 4, "Words": 0}
    verify_projection(learner, NOW)
    words = inbox(learner=learner, name="Words")
    move_content(
        learner=learner, content_id=content.public_id, category_id=words.public_id, now=NOW
    )
    assert _all_time(learner) == {"Fruit": 0, "Words": 4}
    assert sum(ReviewAdjustment.objects.values_list("review_count", flat=True)) == 0
    verify_projection(learner, NOW)


def test_a_category_is_deleted_into_another_with_its_reviews_and_children(
    learner: Learner,
) -> None:
    content, fruit = _reviewed(learner)
    words = inbox(learner=learner, name="Words")
    child = create_category(learner=learner, name="Verbs", parent_id=words.public_id)
    delete_category(learner=learner, category_id=words.public_id, into_id=fruit.public_id, now=NOW)
    assert _all_time(learner) == {"Fruit": 3, "Verbs": 0}
    child.refresh_from_db()
    content.refresh_from_db()
    assert (child.parent, content.category) == (fruit, fruit)
    verify_projection(learner, NOW)


def test_a_category_is_not_deleted_into_itself_or_below(learner: Learner) -> None:
    words = inbox(learner=learner, name="Words")
    child = create_category(learner=learner, name="Verbs", parent_id=words.public_id)
    for into in (words, child):
        with pytest.raises(ReseeError) as caught:
            delete_category(
                learner=learner, category_id=words.public_id, into_id=into.public_id, now=NOW
            )
        assert caught.value.code == "category_too_deep"


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("fold")
def test_reviews_racing_with_moves_count_where_the_card_ends() -> None:
    learner = learner_of(make.user())
    content = card(learner)
    words = inbox(learner=learner, name="Words")
    places = [create_category(learner=learner, name="Fruit"), words]

    def work(number: int) -> None:
        try:
            if number % 3 == 0:
                move_content(
                    learner=learner,
                    content_id=content.public_id,
                    category_id=places[number % 2].public_id,
                    now=NOW,
                )
            else:
                review(learner, content)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(90)))
    content.refresh_from_db()
    expected = {"Fruit": 0, "Words": 0} | {content.category.name: 60}
    assert _all_time(learner) == expected
    assert_schedule_is_replay(learner)
