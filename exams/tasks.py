"""What the clock and the jobs ask of level tests and exams; config/celery.py has the schedule."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from exams.commands import attempts, exams, open_answers, scoring, sentences
from exams.commands.item_bank import estimate_level_items as estimate
from exams.commands.level_tests import close_overdue


@shared_task(name="exams.tasks.close_level_tests")
def close_level_tests(**_later_fields: object) -> None:
    """End tests whose time is up."""
    close_overdue(now=timezone.now())


@shared_task(name="exams.tasks.estimate_level_items")
def estimate_level_items(**_later_fields: object) -> None:
    """Estimate the difficulties of the item bank anew."""
    estimate(now=timezone.now())


@shared_task(name="exams.tasks.close_attempts")
def close_attempts(**_later_fields: object) -> None:
    """End attempts whose time is up."""
    attempts.close_overdue(now=timezone.now())


@shared_task(name="exams.tasks.rescore")
def rescore(**_later_fields: object) -> None:
    """Count attempts anew where questions were withdrawn."""
    scoring.rescore(now=timezone.now())


@shared_task(name="exams.tasks.make_weekly_exams")
def make_weekly_exams(**_later_fields: object) -> None:
    """Make this week's exams for those who want one."""
    exams.make_weekly_exams(now=timezone.now())


@shared_task(name="exams.tasks.write_sentences")
def write_sentences(*, job_id: str, exam_id: str, **_later_fields: Any) -> None:
    """See ``sentences.write_sentences``."""
    sentences.write_sentences(job_id=UUID(job_id), exam_id=UUID(exam_id), clock=timezone.now)


@shared_task(name="exams.tasks.grade_attempt")
def grade_attempt(*, job_id: str, attempt_id: str, **_later_fields: Any) -> None:
    """See ``open_answers.grade_attempt``."""
    open_answers.grade_attempt(job_id=UUID(job_id), attempt_id=UUID(attempt_id), clock=timezone.now)
