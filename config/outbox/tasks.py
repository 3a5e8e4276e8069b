"""The clock of the outbox."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from config.outbox.models import OutboxEntry, ProcessedEvent

KEPT = timedelta(days=7)  # what a lost stream is filled from again
REMEMBERED = timedelta(days=14)  # longer, so that an event sent again finds its mark


@shared_task(name="config.outbox.tasks.prune")
def prune(**_: object) -> None:
    """Forget events that were sent long ago, and the marks of those handled before that."""
    now = timezone.now()
    OutboxEntry.objects.filter(published_at__lt=now - KEPT).delete()
    ProcessedEvent.objects.filter(processed_at__lt=now - REMEMBERED).delete()
