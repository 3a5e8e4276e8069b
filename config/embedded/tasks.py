"""The clock of the embedded default."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from config.embedded import backup
from config.retention import kept
from config.settings import home


@shared_task(name="config.embedded.tasks.back_up")
def back_up(**_: object) -> None:
    """Write the day's backup and remove those that are old; on servers others do that."""
    if settings.SETTINGS_MODULE == "config.settings.production" or not kept("backups"):
        return
    now = timezone.now()
    backup.back_up(home.home(), now=now)
    backup.prune(home.home(), before=now - kept("backups"))
