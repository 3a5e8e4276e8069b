"""A level test from its start to its result. The server says what is asked and when time is up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.queries.learners import Learner
from config.errors import Conflict
from config.identifiers import new_public_id
from config.outbox.publish import publish
from exams import level_test, metrics
from exams.access import level_test_of, level_tests_of
from exams.events import LevelMeasured
from exams.level_test import Answered
from exams.models import LevelAnswer, LevelItem, LevelTest
from exams.queries.items import answered, bank, seen_before

TIME_LIMIT = timedelta(minutes=30)
RETEST_AFTER = timedelta(days=14)
STARTS_A_DAY = 3
OPEN = "You have begun a level test: go on with it, or stop it."
State = LevelTest.State
_random = SystemRandom()


class LevelTestOpen(Conflict):
    """The learner has a level test that is not over yet."""

    code = "level_test_open"


class RetestTooSoon(Conflict):
    """The last result is so young that another would measure chance."""

    code = "retest_too_soon"


class TooManyStarts(Conflict):
    """Tests begun and left unfinished would show the whole bank."""

    code = "too_many_level_tests"


class NoItems(Conflict):
    """The item bank is empty."""

    code = "item_bank_empty"


class LevelTestOver(Conflict):
    """The test has ended: by its result, by time, or because the learner stopped it."""

    code = "level_test_over"


class NotTheQuestion(Conflict):
    """Another question is asked now."""

    code = "not_the_question"


class AnswerIdTaken(Conflict):
    """The answer's id was given to another answer before."""

    code = "public_id_taken"


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What a learner answers to a question; ``option`` is an index, None for "I don't know"."""

    public_id: UUID
    question_id: UUID
    option: int | None


def start_level_test(*, learner: Learner, now: datetime) -> LevelTest:
    """Begin a test and ask its first question.

    Raises LevelTestOpen, RetestTooSoon, TooManyStarts or NoItems.
    """
    close_overdue(learner=learner, now=now)
    _check_start(learner, now)
    test = LevelTest(user_id=learner.id, started_at=now, closes_at=now + TIME_LIMIT)
    if not _ask(test, learner, [], now):
        raise NoItems("There are no questions: manage.py load_item_bank.")
    try:
        with transaction.atomic():
            test.save()
    except IntegrityError as error:  # another was begun at the same moment
        if "one_open_level_test" not in str(error):
            raise
        raise LevelTestOpen(OPEN) from None
    metrics.TESTS.labels("started").inc()
    return test


def answer_question(
    *, learner: Learner, test_id: UUID, given: GivenAnswer, now: datetime
) -> tuple[LevelTest, bool]:
    """Record the answer; return the test with its next question or result, and whether it was new.

    The same answer under the same id is recorded once and answered again, even after the end.
    Raises LevelTestNotFound, LevelTestOver, NotTheQuestion or AnswerIdTaken.
    """
    try:
        with transaction.atomic():
            test = level_test_of(learner, test_id, lock=True)
            stored = LevelAnswer.objects.filter(user_id=learner.id, public_id=given.public_id)
            if earlier := stored.first():
                return _repeated(test, earlier, given), False
            if test.state == State.OPEN and now < test.closes_at:
                _record(test, learner, given, now)
                return test, True
    except IntegrityError as error:  # the id went to another test's answer at the same moment
        if "one_level_answer_an_id" not in str(error):
            raise
        raise AnswerIdTaken("This id was given to another answer.", field="id") from None
    close_overdue(learner=learner, now=now)
    raise LevelTestOver("This level test is over.")


@transaction.atomic
def stop_level_test(*, learner: Learner, test_id: UUID, now: datetime) -> LevelTest:
    """End a test without a result; LevelTestNotFound. Twice is once, an ended test stays."""
    test = level_test_of(learner, test_id, lock=True)
    if test.state == State.OPEN:
        _end(test, State.UNFINISHED, now)
    return test


def close_overdue(*, now: datetime, learner: Learner | None = None, at_most: int = 500) -> int:
    """End tests whose time is up; return how many. With answers enough they have a result.

    ``learner`` limits it to theirs. One transaction a test.
    """
    rows = LevelTest.objects.filter(state=State.OPEN, closes_at__lte=now)
    rows = rows.filter(user_id=learner.id) if learner else rows
    return sum(_close(key) for key in rows.values_list("pk", flat=True)[:at_most])


@transaction.atomic
def _close(key: int) -> bool:
    rows = LevelTest.objects.select_for_update(no_key=True).filter(pk=key, state=State.OPEN)
    test = rows.first()
    if test:
        _measure(test, answered(test.pk), test.closes_at)
    return test is not None


def _check_start(learner: Learner, now: datetime) -> None:
    tests = level_tests_of(learner)
    if tests.filter(state=State.OPEN).exists():
        raise LevelTestOpen(OPEN)
    last = tests.filter(state=State.FINISHED).order_by("-ended_at").first()
    if last and last.ended_at and now < last.ended_at + RETEST_AFTER:
        again = last.ended_at + RETEST_AFTER
        raise RetestTooSoon(f"Your level was measured; you can be tested again from {again:%F}.")
    if tests.filter(started_at__gt=now - timedelta(days=1)).count() >= STARTS_A_DAY:
        raise TooManyStarts(f"You have begun {STARTS_A_DAY} tests within a day.")


def _record(test: LevelTest, learner: Learner, given: GivenAnswer, now: datetime) -> None:
    if given.question_id != test.question_id:
        raise NotTheQuestion("Another question is asked now.", field="question")
    assert test.item is not None
    assert test.asked_at is not None
    LevelAnswer.objects.create(
        public_id=given.public_id,
        user_id=learner.id,
        test=test,
        position=test.answer_count + 1,
        question_id=given.question_id,
        item=test.item,
        option=given.option,
        is_right=given.option == test.item.key,
        asked_at=test.asked_at,
        answered_at=now,
    )
    test.answer_count += 1
    answers = answered(test.pk)
    if level_test.is_over(answers, level_test.estimate(answers)) or not _ask(
        test, learner, answers, now
    ):
        _measure(test, answers, now)
    else:
        test.save()


def _repeated(test: LevelTest, earlier: LevelAnswer, given: GivenAnswer) -> LevelTest:
    before = (earlier.test_id, earlier.question_id, earlier.option)
    if before != (test.pk, given.question_id, given.option):
        raise AnswerIdTaken("This id was given to another answer.", field="id")
    return test


def _ask(test: LevelTest, learner: Learner, answers: Sequence[Answered], now: datetime) -> bool:
    """Choose the next question; False when the bank has none left."""
    found, seen = level_test.estimate(answers), seen_before(learner)
    chosen = level_test.next_item(bank(), answers, found, seen=seen, random=_random)
    if chosen is None:
        return False
    test.item = LevelItem.objects.get(pk=chosen.id)
    test.question_id, test.asked_at = new_public_id(), now
    return True


def _measure(test: LevelTest, answers: list[Answered], now: datetime) -> None:
    """End the test with what the answers say, if there are enough of them."""
    if len(answers) < level_test.ITEMS_MIN:
        return _end(test, State.UNFINISHED, now)
    found = level_test.estimate(answers)
    test.level, test.ability = found.level, found.ability
    test.standard_error, test.probabilities = found.standard_error, list(found.probabilities)
    _end(test, State.FINISHED, now)
    metrics.ITEMS.observe(len(answers))
    return publish(
        LevelMeasured(
            learner_id=test.user.public_id,
            level_test_id=test.public_id,
            level=found.level,
            probability=max(found.probabilities),
            standard_error=found.standard_error,
            occurred_at=now,
        )
    )


def _end(test: LevelTest, state: "State", now: datetime) -> None:
    test.state, test.ended_at = state, now
    test.question_id = test.item = test.asked_at = None
    test.save()
    metrics.TESTS.labels(state.value).inc()
