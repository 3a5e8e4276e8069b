"""What the clock asks of level tests; the beat schedule stands in config/celery.py."""

from celery import shared_task
from django.utils import timezone

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
