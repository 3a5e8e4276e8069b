"""An attempt from its start to its score. The server says what is asked and when time is up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.queries.learners import Learner
from config.errors import Conflict, Invalid
from exams import metrics
from exams.access import attempt_of, attempts_of, exam_of
from exams.commands.listening import order_sounds
from exams.commands.scoring import grade_by_rules, score
from exams.models import Answer, Attempt, Question
from exams.queries.exam_items import item_of
from exams.validation import Kind

OPEN = "You have begun an attempt: go on with it, or finish it."
TEXT_MAX = 2000
State = Attempt.State


class AttemptOpen(Conflict):
    """The learner has an attempt that is not over yet."""

    code = "attempt_open"


class AttemptOver(Conflict):
    """The attempt has ended: all was asked, time is up, or the learner finished it."""

    code = "attempt_over"


class NothingLeft(Conflict):
    """Every question of the exam was withdrawn."""

    code = "nothing_left_to_ask"


class NotTheQuestion(Conflict):
    """Another question is asked now."""

    code = "not_the_question"


class AnswerIdTaken(Conflict):
    """The answer's id was given to another answer before."""

    code = "public_id_taken"


class AnswerUnfit(Invalid):
    """The answer is not one to this kind of question."""

    code = "answer_unfit"


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What a learner answers: indexes of options, or a text; neither is "I don't know"."""

    public_id: UUID
    question_id: UUID
    chosen: Sequence[int] = ()
    text: str = ""


def start_attempt(*, learner: Learner, exam_id: UUID, now: datetime) -> Attempt:
    """Begin an attempt and ask its first question; the exam changes no more.

    Raises ExamNotFound, AttemptOpen or NothingLeft.
    """
    close_overdue(learner=learner, now=now)
    try:
        with transaction.atomic():
            return _start(learner, exam_id, now)
    except IntegrityError as error:
        if "one_open_attempt" not in str(error):
            raise
        raise AttemptOpen(OPEN) from None


def answer_question(
    *, learner: Learner, attempt_id: UUID, given: GivenAnswer, now: datetime
) -> tuple[Attempt, bool]:
    """Record an answer to the question that is asked; return the attempt, and whether it was new.

    The same answer under the same id is recorded once and answered again, even after the end.
    Raises AttemptNotFound, AttemptOver, NotTheQuestion, AnswerUnfit or AnswerIdTaken.
    """
    try:
        with transaction.atomic():
            attempt = attempt_of(learner, attempt_id, lock=True)
            stored = Answer.objects.filter(user_id=learner.id, public_id=given.public_id)
            if earlier := stored.select_related("question").first():
                _check_repeated(attempt, earlier, given)
                return attempt, False
            if attempt.state == State.OPEN and now < attempt.closes_at:
                _record(attempt, given, now)
                return attempt, True
    except IntegrityError as error:  # the id went to another attempt's answer at the same moment
        if "one_exam_answer_an_id" not in str(error):
            raise
        raise AnswerIdTaken("This id was given to another answer.", field="id") from None
    close_overdue(learner=learner, now=now)
    raise AttemptOver("This attempt is over.")


@transaction.atomic
def finish_attempt(*, learner: Learner, attempt_id: UUID, now: datetime) -> Attempt:
    """End an attempt with what was answered; AttemptNotFound. Twice is once."""
    attempt = attempt_of(learner, attempt_id, lock=True)
    if attempt.state == State.OPEN:
        end(attempt, min(now, attempt.closes_at), now)
    return attempt


def close_overdue(*, now: datetime, learner: Learner | None = None, at_most: int = 500) -> int:
    """End attempts whose time is up; return how many. ``learner`` limits it to theirs."""
    rows = Attempt.objects.filter(state=State.OPEN, closes_at__lte=now)
    rows = rows.filter(user_id=learner.id) if learner else rows
    return sum(_close(key, now) for key in rows.values_list("pk", flat=True)[:at_most])


def ask_next(attempt: Attempt, after: int, now: datetime) -> None:
    """Ask the first question behind a position that is not withdrawn, or end the attempt."""
    rows = Question.objects.filter(exam_id=attempt.exam_id, withdrawn_at=None, position__gt=after)
    found = rows.order_by("position").first()
    if found is None:
        end(attempt, now, now)
    else:
        attempt.question, attempt.asked_at = found, now
        attempt.save()
        order_sounds([found], now=now)  # that of an old exam is forgotten by now


def end(attempt: Attempt, ended_at: datetime, now: datetime) -> None:
    """End an open, locked attempt and score it."""
    attempt.state, attempt.ended_at = State.FINISHED, ended_at
    attempt.question = attempt.asked_at = None
    score(attempt, now)
    metrics.ATTEMPTS.inc()


def _start(learner: Learner, exam_id: UUID, now: datetime) -> Attempt:
    exam = exam_of(learner, exam_id, lock=True)
    if attempts_of(learner).filter(state=State.OPEN).exists():
        raise AttemptOpen(OPEN)
    if not Question.objects.filter(exam=exam, withdrawn_at=None).exists():
        raise NothingLeft("Every question of this exam was withdrawn: make another.")
    attempt = Attempt(exam=exam, user_id=learner.id, started_at=now)
    attempt.closes_at = now + timedelta(minutes=exam.minutes)
    ask_next(attempt, 0, now)
    return attempt


@transaction.atomic
def _close(key: int, now: datetime) -> bool:
    rows = Attempt.objects.select_for_update(no_key=True).filter(pk=key, state=State.OPEN)
    attempt = rows.first()
    if attempt:
        end(attempt, attempt.closes_at, now)
    return attempt is not None


def _record(attempt: Attempt, given: GivenAnswer, now: datetime) -> None:
    question = attempt.question
    assert question is not None
    assert attempt.asked_at is not None
    if given.question_id != question.public_id:
        raise NotTheQuestion("Another question is asked now.", field="question")
    _check_fits(question, given)
    answer = Answer.objects.create(
        public_id=given.public_id,
        user_id=attempt.user_id,
        attempt=attempt,
        position=question.position,
        question=question,
        chosen=list(given.chosen),
        text=given.text,
        asked_at=attempt.asked_at,
        answered_at=now,
    )
    grade_by_rules(answer, now)
    attempt.answer_count += 1
    ask_next(attempt, question.position, now)


def _check_fits(question: Question, given: GivenAnswer) -> None:
    """Raise AnswerUnfit unless this is an answer to such a question; none at all always is."""
    if not given.chosen and not given.text.strip():
        return
    item = item_of(question)
    if item.is_typed or item.kind is Kind.OPEN:
        if given.chosen:
            raise AnswerUnfit("This question is answered with a text.", field="options")
        return
    if given.text.strip():
        raise AnswerUnfit("This question is answered with options.", field="text")
    if len(given.chosen) != len(item.key):
        raise AnswerUnfit(f"It takes {len(item.key)} options.", field="options")
    if max(given.chosen) >= len(item.options):
        raise AnswerUnfit("There is no such option.", field="options")


def _check_repeated(attempt: Attempt, earlier: Answer, given: GivenAnswer) -> None:
    before = (earlier.attempt_id, earlier.question.public_id, earlier.chosen, earlier.text)
    if before != (attempt.pk, given.question_id, list(given.chosen), given.text):
        raise AnswerIdTaken("This id was given to another answer.", field="id")
