"""What answers are worth: gradings are appended, and an attempt's score follows from the last."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from config.jobs.dispatch import accept
from exams import marking, metrics
from exams.marking import Mark
from exams.models import Answer, Attempt, Grading, Question
from exams.queries.exam_items import item_of
from exams.queries.gradings import last_gradings
from exams.validation import Kind

GRADE_TASK = "exams.tasks.grade_attempt"
Grader = Grading.Grader


def grade_by_rules(answer: Answer, now: datetime) -> None:
    """Grade an answer as far as rules can: an open one is left to the model."""
    mark = _mark(answer)
    if mark is not None:
        append_grading(answer, mark, Grader.RULES, now)


def append_grading(
    answer: Answer, mark: Mark, grader: Grader, now: datetime, **more: Any
) -> Grading:
    """Say of an answer what a grader found; it replaces what was said before."""
    metrics.GRADINGS.labels(grader.value, mark.verdict.value).inc()
    return Grading.objects.create(
        answer=answer,
        user_id=answer.user_id,
        grader=grader,
        verdict=mark.verdict,
        points=mark.points,
        missed=[answer.question.card_ids[number] for number in mark.missed],
        created_at=now,
        **more,
    )


def score(attempt: Attempt, now: datetime) -> None:
    """Count an ended, locked attempt anew and save it; order the grading of open answers."""
    asked = Question.objects.filter(exam_id=attempt.exam_id, withdrawn_at=None)
    attempt.question_count = asked.count()
    answers = Answer.objects.filter(attempt=attempt, question__withdrawn_at=None)
    keys = list(answers.values_list("pk", flat=True))
    graded = last_gradings(keys)
    first_time = attempt.scored_at is None
    attempt.ungraded_count = len(keys) - len(graded)
    attempt.points = round(sum(each.points for each in graded.values()), 4)
    attempt.scored_at = now
    attempt.save()
    if first_time and attempt.ungraded_count:
        arguments = {"attempt_id": str(attempt.public_id)}
        accept(task=GRADE_TASK, arguments=arguments, user_id=attempt.user_id)


def rescore(*, now: datetime, at_most: int = 500) -> int:
    """Count attempts anew whose questions were withdrawn or given back since; return how many."""
    stale = Attempt.objects.filter(
        Q(exam__questions__changed_at__gt=F("scored_at")), state=Attempt.State.FINISHED
    )
    keys = stale.order_by("pk").values_list("pk", flat=True).distinct()[:at_most]
    return sum(_rescore(key, now) for key in keys)


@transaction.atomic
def _rescore(key: int, now: datetime) -> bool:
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=key)
    score(attempt, now)
    return True


def _mark(answer: Answer) -> Mark | None:
    item = item_of(answer.question)
    text = answer.text.strip()
    if not answer.chosen and not text:
        return marking.skipped(len(item.words))
    if item.kind is Kind.OPEN:
        return None
    if item.is_typed:
        return marking.mark_typed(item.accepted, text)
    return marking.mark_chosen(item.key, answer.chosen)
