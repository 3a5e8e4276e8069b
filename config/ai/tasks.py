"""Background work of the models."""

from typing import Any

from celery import shared_task

from config.ai import cefr_grading


@shared_task(name="config.ai.tasks.grade_waiting_texts")
def grade_waiting_texts(**_later_fields: Any) -> None:
    """See ``cefr_grading.grade_waiting``: one task may do the work of several.

    The first one of a process loads the classifier, in seconds; until then others answer.
    """
    cefr_grading.grade_waiting()
