"""The clock of what every endpoint shares."""

from celery import shared_task
from django.utils import timezone

from config.api import idempotency
from config.api.models import ApiKey
from config.retention import kept


@shared_task(name="config.api.tasks.prune")
def prune(**_: object) -> None:
    """Forget answers that are not given again, and keys that were revoked long ago."""
    now = timezone.now()
    idempotency.prune(now=now)
    ApiKey.objects.filter(revoked_at__lt=now - kept("api_keys")).delete()
