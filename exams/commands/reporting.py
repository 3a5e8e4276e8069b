"""Questions that are wrong are withdrawn, verdicts that are wrong are appealed against."""

from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.queries.learners import Learner
from config.errors import Conflict, Unavailable
from exams import metrics
from exams.access import answer_of, exam_of, question_of
from exams.commands.attempts import ask_next
from exams.commands.scoring import append_grading, score
from exams.marking import Mark, Verdict
from exams.models import Appeal, Attempt, Exam, Grading, Question

RESCORE_TASK = "exams.tasks.rescore"

log = structlog.get_logger(__name__)


class NotYetOver(Conflict):
    """Verdicts are known after the end of the attempt."""

    code = "attempt_not_over"


@transaction.atomic
def report_question(
    *, learner: Learner, exam_id: UUID, question_id: UUID, text: str, now: datetime
) -> Question:
    """Withdraw a question that the learner says is wrong; twice is once.

    It is asked no more and counts no more; scores follow by a task. ExamNotFound, QuestionNotFound.
    """
    exam = exam_of(learner, exam_id, lock=True)
    attempt = exam.attempts.select_for_update(no_key=True).filter(question__isnull=False).first()
    question = question_of(learner, exam_id, question_id)
    if question.reported_at:  # staff may have given it back: one report is enough
        return question
    question.reported_at, question.report = now, text
    _withdraw(question, now)
    if attempt and attempt.question_id == question.pk:
        ask_next(attempt, question.position, now)
    return question


@transaction.atomic
def withdraw_question(*, key: int, now: datetime) -> bool:
    """Withdraw a question, as staff decided; False when it is already."""
    exam = Exam.objects.select_for_update(no_key=True).get(questions=key)
    attempt = exam.attempts.select_for_update(no_key=True).filter(question__isnull=False).first()
    question = Question.objects.select_for_update(no_key=True).get(pk=key)
    if question.withdrawn_at:
        return False
    _withdraw(question, now)
    if attempt and attempt.question_id == question.pk:
        ask_next(attempt, question.position, now)
    return True


@transaction.atomic
def restore_question(*, key: int, now: datetime) -> bool:
    """Give a withdrawn question back, as staff decided; False when it is none."""
    question = Question.objects.select_for_update(no_key=True).get(pk=key)
    if question.withdrawn_at is None:
        return False
    question.withdrawn_at, question.changed_at = None, now
    question.save(update_fields=["withdrawn_at", "changed_at"])
    _order_rescore()
    return True


@transaction.atomic
def appeal(
    *, learner: Learner, attempt_id: UUID, answer_id: UUID, text: str, now: datetime
) -> tuple[Appeal, bool]:
    """Ask a person to look at a verdict; return the appeal, and whether it is new: one an answer.

    AnswerNotFound; NotYetOver.
    """
    answer = answer_of(learner, attempt_id, answer_id)
    if answer.attempt.state == Attempt.State.OPEN:
        raise NotYetOver("Finish the attempt first: then you see the verdicts.")
    made, is_new = Appeal.objects.get_or_create(
        {"user_id": learner.id, "text": text, "created_at": now}, answer=answer
    )
    if is_new:
        metrics.APPEALS.labels(Appeal.State.OPEN.value).inc()
    return made, is_new


@transaction.atomic
def decide_appeal(*, key: int, is_accepted: bool, now: datetime) -> bool:
    """Decide an open appeal; accepted, the answer is right. False when it was decided before."""
    rows = Appeal.objects.select_for_update(no_key=True).filter(state=Appeal.State.OPEN, pk=key)
    found = rows.first()
    if found is None:
        return False
    found.state = Appeal.State.ACCEPTED if is_accepted else Appeal.State.REJECTED
    found.decided_at = now
    found.save(update_fields=["state", "decided_at"])
    metrics.APPEALS.labels(found.state).inc()
    if is_accepted:
        attempt = Attempt.objects.select_for_update(no_key=True).get(pk=found.answer.attempt_id)
        append_grading(found.answer, Mark(Verdict.RIGHT, 1.0), Grading.Grader.STAFF, now)
        score(attempt, now)
    return True


def _withdraw(question: Question, now: datetime) -> None:
    question.withdrawn_at = question.changed_at = now
    question.save(update_fields=["reported_at", "report", "withdrawn_at", "changed_at"])
    metrics.WITHDRAWN.inc()
    _order_rescore()


def _order_rescore() -> None:
    transaction.on_commit(partial(_send, RESCORE_TASK))


def _send(task: str) -> None:
    """Have scores counted anew now; beat does it anyway within half a minute."""
    try:
        current_app.send_task(task, retry=False)
    except (OperationalError, Unavailable) as error:
        log.warning("rescore_not_ordered", exc_info=error)
