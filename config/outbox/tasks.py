"""The clock of the outbox."""

from celery import shared_task
from django.utils import timezone

from config.outbox.models import DeadLetter, OutboxEntry, ProcessedEvent
from config.retention import kept


@shared_task(name="config.outbox.tasks.prune")
def prune(**_: object) -> None:
    """Forget events that were sent, handled or replayed long ago."""
    now = timezone.now()
    OutboxEntry.objects.filter(published_at__lt=now - kept("outbox")).delete()
    ProcessedEvent.objects.filter(processed_at__lt=now - kept("handled_events")).delete()
    DeadLetter.objects.filter(replayed_at__lt=now - kept("dead_letters")).delete()
