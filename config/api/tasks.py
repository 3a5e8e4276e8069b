"""The clock of what every endpoint shares."""

from celery import shared_task
from django.utils import timezone

from config.api import idempotency


@shared_task(name="config.api.tasks.prune")
def prune(**_: object) -> None:
    """Forget answers that are not given again."""
    idempotency.prune(now=timezone.now())
