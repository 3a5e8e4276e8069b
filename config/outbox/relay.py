"""Outbox -> stream: at least once, in order, one relay at a time."""

from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Min
from django.db.models.functions import Now
from django.utils import timezone
from redis import RedisError

from config.outbox import metrics, stream
from config.outbox.models import OutboxEntry

BATCH = 200
DOUBTFUL = timedelta(minutes=1)  # a Redis that dies loses its last second; this is on the safe side
LATE = timedelta(minutes=10)
_LOCK = 7_310_002
log = structlog.get_logger(__name__)


class EventsLate(Exception):
    """Events have been waiting for a relay for longer than LATE."""


class Relay:
    """Sends what is unpublished; after a loss in Redis it sends again what may be missing."""

    def __init__(self) -> None:
        self._is_in_doubt = True  # of a connection, or a run before this one, that broke

    def run(self) -> int:
        """Send the oldest unpublished entries and return how many; 0 while another relay does.

        Raises RedisError; then nothing counts as published.
        """
        try:
            with transaction.atomic():  # no row is locked while Redis is waited for
                if not _is_ours():
                    return 0
                self._send_again_what_may_be_lost()
                return _send_unpublished()
        except RedisError:
            self._is_in_doubt = True
            raise

    def _send_again_what_may_be_lost(self) -> None:
        published = OutboxEntry.objects.filter(published_at__isnull=False)
        if stream.is_there() and not self._is_in_doubt:
            return
        if stream.is_there():
            published = published.filter(published_at__gte=Now() - DOUBTFUL)
        if count := published.update(published_at=None):
            log.warning("events_sent_again", entries=count)
        self._is_in_doubt = False


def health() -> str:
    """Tell how many transactions' events wait; raises EventsLate."""
    waiting = OutboxEntry.objects.filter(published_at=None)
    oldest = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    if oldest and timezone.now() - oldest > LATE:
        minutes = (timezone.now() - oldest) // timedelta(minutes=1)
        raise EventsLate(f"Events have been waiting for a relay for {minutes} minutes.")
    return f"{waiting.count()} entries wait to be sent" if oldest else "all events are sent"


def _is_ours() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _send_unpublished() -> int:
    entries = list(OutboxEntry.objects.filter(published_at=None).order_by("id")[:BATCH])
    if entries:
        stream.send(event for entry in entries for event in entry.events)
        keys = [entry.pk for entry in entries]
        OutboxEntry.objects.filter(pk__in=keys).update(published_at=Now())
        metrics.count_published(event["type"] for entry in entries for event in entry.events)
    return len(entries)
