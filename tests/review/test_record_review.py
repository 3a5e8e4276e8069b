"""An acknowledged answer is one fact, whatever is repeated, reordered or raced."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from accounts.queries.learners import Learner, learner_of
from config.errors import ReseeError
from config.settings import variables
from review.commands.contents import archive_content
from review.commands.recording import Answer
from review.commands.reviews import record_review, undo_review
from review.models import LearnerClock, ReviewHistory, ReviewSchedule, Stage
from review.ratings import Rating
from review.states import state_of
from tests import make
from tests.review.cards import NOW, assert_schedule_is_replay, card, review

DAY = timedelta(days=1)


def test_an_answer_is_a_fact_and_a_schedule(learner: Learner) -> None:
    content = card(learner)
    recorded = review(learner, content, Rating.EASY)
    fact = ReviewHistory.objects.get()
    assert (fact.rating, fact.taken_ms, fact.stage_before) == (4, 1500, Stage.NEW)
    assert (fact.public_id, fact.due_at) == (recorded.public_id, recorded.state.due_at)
    assert recorded.state.stage == Stage.REVIEW
    assert recorded.state.due_at > NOW + DAY
    assert_schedule_is_replay(learner)


def test_a_fact_knows_the_learners_own_day(learner: Learner) -> None:
    review(learner, card(learner, now=NOW - DAY), at=NOW.replace(hour=18, minute=59))
    fact = ReviewHistory.objects.get()
    assert (fact.local_day.isoformat(), fact.local_hour) == ("2026-03-02", 3)  # 03:59 in Seoul


def test_one_review_takes_three_queries(
    learner: Learner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    content = card(learner)
    review(learner, card(learner, "warm"))  # parameters are read once a process
    with django_assert_num_queries(3 + 2):  # and a savepoint, where a request has BEGIN and COMMIT
        review(learner, content, public_id=uuid4())


def test_the_clock_counts_facts(learner: Learner) -> None:
    recorded = review(learner, card(learner))
    undo_review(learner=learner, review_id=recorded.public_id, now=NOW)
    assert LearnerClock.objects.get(user_id=learner.id).facts_seq == 2


def test_the_same_id_is_recorded_once_and_answered_again(learner: Learner) -> None:
    content, public_id = card(learner), uuid4()
    first = review(learner, content, public_id=public_id)
    again = review(learner, content, public_id=public_id)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.state == first.state
    assert ReviewHistory.objects.count() == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_answers_of_several_devices_merge_in_any_order(
    learner: Learner, order: tuple[int, ...]
) -> None:
    content = card(learner)
    answers = [
        Answer(content.public_id, rating, 900, NOW + DAY * day)
        for day, rating in ((0, Rating.GOOD), (3, Rating.AGAIN), (9, Rating.EASY))
    ]
    for index in order:
        record_review(learner=learner, answer=answers[index], now=NOW + DAY * 30)
    schedule = ReviewSchedule.objects.get()
    assert (schedule.reps, schedule.reviewed_at) == (3, NOW + DAY * 9)
    assert_schedule_is_replay(learner)


def test_twenty_undos_go_back_step_by_step(learner: Learner) -> None:
    content, at, done = card(learner), NOW, []
    for step in range(20):
        before = state_of(ReviewSchedule.objects.get())
        done.append((before, review(learner, content, Rating(step % 4 + 1), at)))
        at += DAY * 2
    for before, recorded in reversed(done):
        undone = undo_review(learner=learner, review_id=recorded.public_id, now=NOW)
        assert undone.state == before == state_of(ReviewSchedule.objects.get())
    assert sum(ReviewHistory.objects.values_list("sign", flat=True)) == 0


def _undo_an_undo(learner: Learner) -> None:
    recorded = review(learner, card(learner))
    undone = undo_review(learner=learner, review_id=recorded.public_id, now=NOW)
    undo_review(learner=learner, review_id=undone.public_id, now=NOW)


def _review_archived(learner: Learner) -> None:
    content = card(learner)
    archive_content(learner=learner, content_id=content.public_id, now=NOW)
    review(learner, content)


def _reuse_an_id(learner: Learner) -> None:
    public_id = review(learner, card(learner)).public_id
    review(learner, card(learner, "pear"), public_id=public_id)


def _reuse_an_undos_id(learner: Learner) -> None:
    content = card(learner)
    recorded = review(learner, content)
    undone = undo_review(learner=learner, review_id=recorded.public_id, now=NOW)
    review(learner, content, public_id=undone.public_id)


@pytest.mark.parametrize(
    ("attempt", "code", "facts"),
    [
        (_reuse_an_undos_id, "public_id_taken", 2),
        (_undo_an_undo, "not_undoable", 2),
        (_review_archived, "content_archived", 0),
        (_reuse_an_id, "public_id_taken", 1),
        (lambda a: review(a, card(a, back="")), "draft_not_reviewable", 0),
        (lambda a: review(a, card(a), at=NOW - DAY), "reviewed_before_added", 0),
    ],
)
@pytest.mark.asvs("2.3.3", "a command is one transaction")
def test_what_cannot_be_recorded_writes_nothing(
    learner: Learner, attempt: Callable[[Learner], object], code: str, facts: int
) -> None:
    with pytest.raises(ReseeError) as caught:
        attempt(learner)
    assert caught.value.code == code
    assert ReviewHistory.objects.count() == facts
    assert_schedule_is_replay(learner)


@pytest.mark.django_db(transaction=True)
def test_racing_requests_with_one_id_record_one_fact() -> None:
    learner = learner_of(make.user())
    contents = [card(learner, front=str(number)) for number in range(2)]
    pairs = 1000 if variables.text("PROOF") else 30

    def attempt(job: tuple[int, object]) -> str:
        which, public_id = job
        try:
            return str(review(learner, contents[which], public_id=public_id).is_new)  # type: ignore[arg-type]
        except ReseeError as error:
            return error.code
        finally:
            connection.close()

    ids = [uuid4() for _ in range(pairs)]
    with ThreadPoolExecutor(4) as pool:
        same = list(pool.map(attempt, [(0, public_id) for public_id in ids for _ in range(2)]))
        other = list(pool.map(attempt, [(1, public_id) for public_id in ids]))
    assert (same.count("True"), same.count("False")) == (pairs, pairs)
    assert set(other) == {"public_id_taken"}
    assert ReviewHistory.objects.count() == pairs
    assert_schedule_is_replay(learner)
