"""Requests that meet: each has a status of its own, and there is one effect."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.queries.learners import Learner, learner_of
from config.errors import ReseeError
from exams.commands.level_tests import (
    TIME_LIMIT,
    GivenAnswer,
    answer_question,
    close_overdue,
    start_level_test,
    stop_level_test,
)
from exams.models import LevelAnswer, LevelTest
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def _at_once(jobs: list[Callable[[], object]]) -> list[str]:
    """Run the jobs together; return what each returned or could not do, in order of name."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            gate.wait()
            return str(job())
        except ReseeError as fault:
            return fault.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return sorted(pool.map(run, jobs))


def _answering(learner: Learner, test: LevelTest, given: GivenAnswer) -> Callable[[], object]:
    return lambda: answer_question(
        learner=learner, test_id=test.public_id, given=given, now=timezone.now()
    )[1]


def test_two_answers_at_once_to_one_question_are_one() -> None:
    learner = learner_of(make.user())
    test = start_level_test(learner=learner, now=timezone.now())
    for number in range(1, ROUNDS + 1):
        test.refresh_from_db()
        assert test.question_id
        jobs = [
            _answering(learner, test, GivenAnswer(uuid4(), test.question_id, option))
            for option in (0, 1)
        ]
        assert _at_once(jobs) == ["True", "not_the_question"]
        assert LevelAnswer.objects.count() == number
    assert list(LevelAnswer.objects.values_list("position", flat=True).order_by("position")) == [
        *range(1, ROUNDS + 1)
    ]


def test_one_answer_sent_twice_at_once_is_recorded_once() -> None:
    learner = learner_of(make.user())
    test = start_level_test(learner=learner, now=timezone.now())
    for number in range(1, ROUNDS + 1):
        test.refresh_from_db()
        assert test.question_id
        job = _answering(learner, test, GivenAnswer(uuid4(), test.question_id, None))
        assert _at_once([job, job]) == ["False", "True"]
        assert LevelAnswer.objects.count() == number


def test_two_starts_at_once_are_one_test() -> None:
    for number in range(ROUNDS):
        learner = learner_of(make.user(f"learner{number}@example.com"))

        def start(who: Learner = learner) -> object:
            return start_level_test(learner=who, now=timezone.now()).state

        assert _at_once([start, start]) == ["level_test_open", "open"]
    assert LevelTest.objects.count() == ROUNDS


def test_an_answer_and_a_stop_at_once_leave_no_half_test() -> None:
    for number in range(ROUNDS):
        learner = learner_of(make.user(f"learner{number}@example.com"))
        test = start_level_test(learner=learner, now=timezone.now())
        assert test.question_id
        given = GivenAnswer(uuid4(), test.question_id, 0)

        def stop(who: Learner = learner, sitting: LevelTest = test) -> object:
            return stop_level_test(learner=who, test_id=sitting.public_id, now=timezone.now()).state

        outcomes = _at_once([_answering(learner, test, given), stop])
        assert outcomes in (["True", "unfinished"], ["level_test_over", "unfinished"])
        test.refresh_from_db()
        assert test.state == "unfinished"
        assert LevelAnswer.objects.filter(test=test).count() == outcomes.count("True")


def test_a_test_is_closed_once_however_many_notice() -> None:
    learner = learner_of(make.user())
    begun = timezone.now() - TIME_LIMIT
    start_level_test(learner=learner, now=begun)
    jobs: list[Callable[[], object]] = [lambda: close_overdue(now=timezone.now())] * 3
    assert _at_once(jobs) == ["0", "0", "1"]
