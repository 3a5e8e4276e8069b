"""Background work of the models."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from config.ai import cefr_classifier, cefr_grading

QUEUE = "ai"


@shared_task(name="config.ai.tasks.grade_waiting_texts")
def grade_waiting_texts(**_later_fields: Any) -> None:
    """See ``cefr_grading.grade_waiting``; one task may do the work of several."""
    cefr_grading.grade_waiting()


@shared_task(name="config.ai.tasks.load_classifier", expires=60)
def load_classifier(**_later_fields: Any) -> None:
    """Load the classifier, so that nobody's text waits for it."""
    cefr_classifier.classify(["Ready."])


@worker_ready.connect
def _load_early(sender: Any, **_: Any) -> None:
    """Ask the worker's child for it: loaded in the parent it would hang after the fork."""
    if QUEUE in sender.app.amqp.queues.consume_from:
        load_classifier.delay()
