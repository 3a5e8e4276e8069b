"""Open answers are graded by a model, for want of one by keywords; who graded is always said."""

import time
from functools import partial
from uuid import UUID

from django.db import transaction

from accounts.queries.learners import Learner, learner
from config.ai import gateway, providers
from config.ai.calls import Answer as ModelAnswer
from config.ai.calls import Task
from config.errors import Unavailable
from config.jobs.leases import Clock, Lease, finish, report
from config.jobs.work import MoreToDo, TryAgainLater, do_unit
from exams import prompts
from exams.commands.scoring import append_grading, score
from exams.commands.sentences import is_last_try
from exams.marking import POINTS, Mark, Verdict, mark_by_keywords
from exams.models import Answer, Attempt, Grading
from exams.prompts import Opinion
from exams.queries.exam_material import hardest_words

SURE_FROM = 0.7  # confidence below which a second opinion is asked for
UNIT_SECONDS = 10.0
Grader = Grading.Grader


def grade_attempt(*, job_id: UUID, attempt_id: UUID, clock: Clock) -> None:
    """Grade the attempt's open answers, one after another, and count it anew."""
    do_unit(job_id=job_id, work=partial(_grade, attempt_id=attempt_id, clock=clock), clock=clock)


def _grade(lease: Lease, *, attempt_id: UUID, clock: Clock) -> None:
    attempt = Attempt.objects.get(public_id=attempt_id)
    who, began = learner(attempt.user_id), time.monotonic()
    rows = Answer.objects.filter(attempt=attempt, gradings=None).select_related("question")
    waiting = list(rows.order_by("position"))
    hardest = hardest_words(who, now=clock())
    for number, answer in enumerate(waiting):
        if time.monotonic() - began > UNIT_SECONDS:
            raise MoreToDo
        stage = f"grading answer {number + 1} of {len(waiting)}"
        percent = 100 * number // len(waiting)
        report(lease=lease, stage=stage, percent=percent, now=clock())
        found = _opinions(lease, who, answer, hardest)
        with transaction.atomic():
            report(lease=lease, stage=stage, percent=percent, now=clock())
            _store(answer, found, clock)
    with transaction.atomic():
        finish(lease=lease, now=clock(), result={"graded": len(waiting)})
        score(Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk), clock())


def _opinions(lease: Lease, who: Learner, answer: Answer, hardest: list[str]) -> list[ModelAnswer]:
    """Return one or two opinions of the model; none when it does not answer for good."""
    if not providers.configured():
        return []
    try:
        first = _ask(prompts.OPINION, who, answer, hardest)
        if first.value.confidence >= SURE_FROM:
            return [first]
        return [first, _ask(prompts.SECOND_OPINION, who, answer, hardest)]
    except Unavailable as error:
        if is_last_try(lease):
            return []
        raise TryAgainLater(error.code, error.detail) from None


def _ask(task: Task, who: Learner, answer: Answer, hardest: list[str]) -> ModelAnswer:
    question = answer.question
    messages = prompts.opinion_messages(
        task=question.stem,
        word=question.words[0],
        meaning=question.meanings[0],
        text=answer.text,
        hardest=hardest,
    )
    return gateway.ask(task, messages, learner=who.public_id, shape=Opinion)


def _store(answer: Answer, found: list[ModelAnswer], clock: Clock) -> None:
    if not found:
        question = answer.question
        mark = mark_by_keywords(question.words[0], question.meanings[0], answer.text)
        append_grading(answer, mark, Grader.KEYWORDS, clock())
        return
    opinions: list[Opinion] = [each.value for each in found]
    surest = max(opinions, key=lambda each: each.confidence)
    is_uncertain = len({each.verdict for each in opinions}) > 1
    verdict = Verdict(surest.verdict)
    missed = (0,) if verdict is Verdict.WRONG and not is_uncertain else ()
    append_grading(
        answer,
        Mark(verdict, POINTS.get(verdict, 0.0), missed),
        Grader.MODEL,
        clock(),
        model=found[0].model[:100],
        prompt=prompts.name_of(prompts.OPINION),
        confidence=surest.confidence,
        opinion_count=len(opinions),
        is_uncertain=is_uncertain,
        feedback=surest.feedback,
    )
