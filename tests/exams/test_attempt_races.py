"""Requests that meet: each has a status of its own, and there is one effect."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.queries.learners import Learner, learner_of
from exams.commands.attempts import (
    GivenAnswer,
    answer_question,
    close_overdue,
    finish_attempt,
    start_attempt,
)
from exams.commands.exams import ExamWish, make_exam, make_weekly_exams, plan_exams
from exams.models import Answer, Attempt, Exam, Grading
from exams.validation import Kind
from tests import make
from tests.exams.papers import cards
from tests.exams.test_races import _at_once

pytestmark = pytest.mark.django_db(transaction=True)
WISH = ExamWish(size=4, minutes=10, kinds=[Kind.TYPING], choice="all")
ROUNDS = 3


def _sitting(number: int = 0) -> tuple[Learner, Attempt]:
    learner = learner_of(make.user(f"learner{number}@example.com"))
    cards(learner)
    now = timezone.now()
    exam = make_exam(learner=learner, wish=WISH, now=now)
    return learner, start_attempt(learner=learner, exam_id=exam.public_id, now=now)


def _answering(learner: Learner, attempt: Attempt, given: GivenAnswer) -> Callable[[], object]:
    return lambda: answer_question(
        learner=learner, attempt_id=attempt.public_id, given=given, now=timezone.now()
    )[1]


def test_two_answers_at_once_to_one_question_are_one() -> None:
    learner, attempt = _sitting()
    for number in range(1, ROUNDS + 1):
        attempt.refresh_from_db()
        assert attempt.question
        jobs = [
            _answering(learner, attempt, GivenAnswer(uuid4(), attempt.question.public_id, (), word))
            for word in ("one", "two")
        ]
        assert _at_once(jobs) == ["True", "not_the_question"]
        assert Answer.objects.count() == Grading.objects.count() == number


def test_one_answer_sent_twice_at_once_is_recorded_once() -> None:
    learner, attempt = _sitting()
    for number in range(1, ROUNDS + 1):
        attempt.refresh_from_db()
        assert attempt.question
        given = GivenAnswer(uuid4(), attempt.question.public_id, (), "word")
        job = _answering(learner, attempt, given)
        assert _at_once([job, job]) == ["False", "True"]
        assert Answer.objects.count() == number


def test_two_starts_at_once_are_one_attempt() -> None:
    learner, attempt = _sitting()
    finish_attempt(learner=learner, attempt_id=attempt.public_id, now=timezone.now())
    for _ in range(ROUNDS):
        exams = [make_exam(learner=learner, wish=WISH, now=timezone.now()) for _ in "ab"]

        def start(exam: Exam) -> Callable[[], object]:
            return lambda: (
                start_attempt(learner=learner, exam_id=exam.public_id, now=timezone.now()).state
            )

        assert _at_once([start(exam) for exam in exams]) == ["attempt_open", "open"]
        begun = Attempt.objects.get(state="open")
        finish_attempt(learner=learner, attempt_id=begun.public_id, now=timezone.now())


def test_an_answer_and_the_end_at_once_leave_no_half_attempt() -> None:
    for number in range(ROUNDS):
        learner, attempt = _sitting(number)
        assert attempt.question
        given = GivenAnswer(uuid4(), attempt.question.public_id, (), "word")

        def finish(who: Learner = learner, sitting: Attempt = attempt) -> object:
            now = timezone.now()
            return finish_attempt(learner=who, attempt_id=sitting.public_id, now=now).state

        outcomes = _at_once([_answering(learner, attempt, given), finish])
        assert outcomes in (["True", "finished"], ["attempt_over", "finished"])
        attempt.refresh_from_db()
        assert (attempt.state, attempt.question_count) == ("finished", 4)
        assert Answer.objects.filter(attempt=attempt).count() == outcomes.count("True")


def test_an_attempt_is_closed_once_however_many_notice() -> None:
    _, attempt = _sitting()
    later = attempt.closes_at
    jobs: list[Callable[[], object]] = [lambda: close_overdue(now=later)] * 3
    assert _at_once(jobs) == ["0", "0", "1"]


def test_two_clocks_make_one_weekly_exam() -> None:
    learner, _ = _sitting()
    plan_exams(learner=learner, wish=WISH, now=timezone.now())
    weekly = Exam.objects.get(week_on__isnull=False)
    Exam.objects.filter(pk=weekly.pk).update(week_on=None)
    jobs: list[Callable[[], object]] = [lambda: make_weekly_exams(now=timezone.now())] * 2
    assert _at_once(jobs) == ["0", "1"]
    assert Exam.objects.filter(week_on__isnull=False).count() == 1
