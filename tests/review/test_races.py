"""Commands that meet: no loop among categories, no deadlock among cards."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from queue import SimpleQueue
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.queries.learners import Learner, learner_of
from config.errors import ReseeError
from review.commands.batches import record_reviews
from review.commands.cards import bury
from review.commands.categories import change_category, create_category
from review.commands.recording import Answer
from review.commands.reviews import record_review
from review.models import Category, Content, ReviewHistory, ReviewSchedule
from review.ratings import Rating
from tests import make
from tests.review.cards import NOW, assert_schedule_is_replay, card

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(jobs: list[Callable[[], object]]) -> list[object]:
    """Run the jobs together; return what each returned or could not do."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            gate.wait()
            return job()
        except ReseeError as fault:
            return fault.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def _below(learner: Learner, category: Category, parent: Category) -> Callable[[], object]:
    changes = {"parent": parent.public_id}
    return lambda: (
        change_category(learner=learner, category_id=category.public_id, changes=changes).name
    )


def test_two_categories_are_never_put_below_each_other() -> None:
    learner = learner_of(make.user())
    for number in range(10):
        one = create_category(learner=learner, name=f"one {number}")
        two = create_category(learner=learner, name=f"two {number}")
        done = _at_once([_below(learner, one, two), _below(learner, two, one)])
        assert done.count("category_too_deep") == 1


def _batch(learner: Learner, contents: list[Content]) -> Callable[[], object]:
    answers = [Answer(row.public_id, Rating.GOOD, 1, NOW, uuid4()) for row in contents]
    now = NOW + timedelta(days=1)
    return lambda: len(record_reviews(learner=learner, answers=answers, now=now))


def test_siblings_are_buried_while_batches_answer_them() -> None:
    learner, note = learner_of(make.user()), uuid4()
    contents = [card(learner, str(number), note_id=note) for number in range(6)]
    for row in reversed(contents):  # so that the table's own order is not the lock's
        ReviewSchedule.objects.filter(content=row).update(reps=0)
    first = contents[0].public_id

    def buried() -> object:
        return bury(learner=learner, content_id=first, now=NOW, siblings=True)

    for _ in range(10):
        assert _at_once([_batch(learner, contents), buried, buried]) == [6, 6, 6]
    assert ReviewHistory.objects.count() == 60
    assert_schedule_is_replay(learner)


def _codes(learner: Learner, answers: list[Answer]) -> Callable[[], object]:
    now = NOW + timedelta(days=1)

    def recorded() -> object:
        outcomes = record_reviews(learner=learner, answers=answers, now=now)
        return tuple(getattr(outcome, "code", "recorded") for outcome in outcomes)

    return recorded


def test_an_id_that_two_batches_give_to_two_cards_at_once_is_taken_by_one() -> None:
    learner = learner_of(make.user())
    contents = [card(learner, str(number)) for number in range(40)]
    for first, second in zip(contents[::2], contents[1::2], strict=True):
        same = uuid4()
        jobs = []
        for content in (first, second):
            own = Answer(content.public_id, Rating.GOOD, 1, NOW + timedelta(hours=1), uuid4())
            jobs.append(_codes(learner, [replace(own, public_id=same, reviewed_at=NOW), own]))
        assert sorted(map(str, _at_once(jobs))) == [
            "('public_id_taken', 'recorded')",
            "('recorded', 'recorded')",
        ]
    assert ReviewHistory.objects.count() == 60
    assert_schedule_is_replay(learner)


def test_a_batch_that_comes_twice_at_once_is_recorded_once() -> None:
    learner = learner_of(make.user())
    contents = [card(learner, str(number)) for number in range(6)]
    answers = [Answer(row.public_id, Rating.GOOD, 1, NOW, uuid4()) for row in contents]
    assert _at_once([_codes(learner, answers), _codes(learner, answers)]) == [("recorded",) * 6] * 2
    assert ReviewHistory.objects.count() == 6
    assert_schedule_is_replay(learner)


_WAITS = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"


def test_a_deletion_waits_for_the_answer_being_recorded_and_is_refused() -> None:
    learner = learner_of(make.user())
    content, pids = card(learner, "one"), SimpleQueue[int]()

    def delete() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.put(cursor.fetchone()[0])
                cursor.execute("DELETE FROM review_content WHERE id = %s", [content.pk])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            answer = Answer(content.public_id, Rating.GOOD)
            record_review(learner=learner, answer=answer, now=NOW + timedelta(days=1))
            deleted, ends_at = pool.submit(delete), time.monotonic() + 60
            pid, waits = pids.get(timeout=60), False
            while not waits and time.monotonic() < ends_at:
                cursor.execute(_WAITS, [pid])
                waits = cursor.fetchone() is not None
        with pytest.raises(IntegrityError, match="facts name this row"):
            deleted.result()
    assert waits
