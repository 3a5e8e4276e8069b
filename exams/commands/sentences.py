"""A model writes sentences for an exam that can be taken already; each good one takes its place."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import SystemRandom
from uuid import UUID

from django.db import transaction

from accounts.queries.learners import Learner, learner
from config.ai import gateway
from config.errors import Unavailable
from config.jobs.leases import Clock, Lease, finish, report
from config.jobs.models import Job
from config.jobs.work import MoreToDo, TryAgainLater, do_unit
from exams import metrics, prompts
from exams.drafts import Around, Card
from exams.generation import Rejects, from_sentences
from exams.models import Exam, Question
from exams.queries.exam_items import ITEM_FIELDS, item_of, put_item
from exams.queries.exam_material import around, part_of
from exams.validation import Item

UNIT_SECONDS = 10.0  # a question that is begun then takes up to three answers of the model
_WRITTEN = (*ITEM_FIELDS, "source", "model", "prompt", "tries", "is_for_model")
_random = SystemRandom()


@dataclass
class Writer:
    """Asks the model for sentences with a card's word, on the learner's account."""

    learner: Learner
    card: Card
    model: str = ""
    tries: int = 0

    def __call__(self, before: Sequence[str]) -> str:
        """Return the next sentence; Unavailable."""
        messages = prompts.sentence_messages(self.card.word, self.card.meaning, before)
        self.tries += 1
        answer = gateway.ask(
            prompts.SENTENCE, messages, learner=self.learner.public_id, about=self.card.word
        )
        self.model = answer.model
        return prompts.sentence_in(answer.text)


def write_sentences(*, job_id: UUID, exam_id: UUID, clock: Clock) -> None:
    """Ask for the exam's sentences, one question after another, until an attempt begins."""
    do_unit(job_id=job_id, work=partial(_write, exam_id=exam_id, clock=clock), clock=clock)


def is_last_try(lease: Lease) -> bool:
    """Tell whether the job is not tried again."""
    attempts = Job.objects.values_list("attempts", "attempts_max").get(public_id=lease.job_id)
    return attempts[0] >= attempts[1]


def _write(lease: Lease, *, exam_id: UUID, clock: Clock) -> None:
    exam = Exam.objects.get(public_id=exam_id)
    who, began = learner(exam.user_id), time.monotonic()
    near = around(who)
    questions = list(Question.objects.filter(exam=exam).order_by("position"))
    waiting = [each for each in questions if each.is_for_model]
    for number, question in enumerate(waiting):
        if time.monotonic() - began > UNIT_SECONDS:
            raise MoreToDo
        done = len(questions) - len(waiting) + number
        stage, percent = f"writing sentence {done + 1}", 100 * done // len(questions)
        report(lease=lease, stage=stage, percent=percent, now=clock())
        others = [item_of(each) for each in questions if each is not question]
        writer = Writer(who, _card(question))
        try:
            item = _item(writer, near, others)
        except Unavailable as error:
            if is_last_try(lease):
                break  # the templates stay
            raise TryAgainLater(error.code, error.detail) from None
        with transaction.atomic():  # the report locks the job: who has no lease stores nothing
            report(lease=lease, stage=stage, percent=percent, now=clock())
            if not _put(exam, question, item, writer):
                break
    _end(lease, exam, clock)


def _item(writer: Writer, near: Around, others: Sequence[Item]) -> Item | None:
    rejects = Rejects()
    try:
        return from_sentences(
            writer.card, near, write=writer, others=others, random=_random, rejects=rejects
        )
    finally:
        for (_, reason), count in rejects.reasons.items():
            metrics.EXAM_REJECTS.labels("model", reason).inc(count)


def _put(exam: Exam, question: Question, item: Item | None, writer: Writer) -> bool:
    """Put the item in the question's place; False when an attempt has begun."""
    locked = Exam.objects.select_for_update(no_key=True).get(pk=exam.pk)
    if locked.attempts.exists():
        return False
    question.is_for_model, question.tries = False, writer.tries
    if item is not None:
        question.source, question.model = Question.Source.MODEL, writer.model[:100]
        question.prompt = prompts.name_of(prompts.SENTENCE)
        put_item(question, item)
        metrics.EXAM_ITEMS.labels(question.source, question.kind).inc()
    question.save(update_fields=_WRITTEN)
    return True


@transaction.atomic
def _end(lease: Lease, exam: Exam, clock: Clock) -> None:
    rows = Question.objects.filter(exam=exam)
    written = rows.filter(source=Question.Source.MODEL).count()
    result = {"by_model": written, "by_template": rows.count() - written}
    finish(lease=lease, now=clock(), result=result)


def _card(question: Question) -> Card:
    word = question.words[0]
    return Card(question.card_ids[0], word, question.meanings[0], part=part_of(word))
