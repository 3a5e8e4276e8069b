"""How much waits to leave, and what nobody could handle: for /metrics and for doctor."""

from collections.abc import Iterator

import structlog
from django.db import DatabaseError, connection
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.operations.doctor import Ailing
from config.outbox.models import DeadLetter, OutboxEntry

log = structlog.get_logger(__name__)


def dead_letters() -> str:
    """Look for events that a handler has given up; raises Ailing."""
    if count := DeadLetter.objects.filter(replayed_at=None).count():
        raise Ailing(
            f"{count} events could not be handled.",
            "Read their errors in the admin (Events, Dead letters), mend the cause, replay them.",
        )
    return "every event was handled"


class OutboxFigures(Collector):
    """Read when Prometheus asks, so that it does not matter which process is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield three gauges; none while the database is away."""
        try:
            waiting = OutboxEntry.objects.filter(published_at=None)
            found = waiting.aggregate(count=Count("id"), oldest=Min("created_at"))
            dead = DeadLetter.objects.filter(replayed_at=None).count()
        except DatabaseError as error:
            log.warning("outbox_figures_unknown", error=type(error).__name__)
            connection.close()
            return
        since = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0
        yield GaugeMetricFamily("events_waiting", "Outbox entries not sent yet", found["count"])
        yield GaugeMetricFamily("events_lag_seconds", "Age of the oldest of them", max(0, since))
        yield GaugeMetricFamily("events_dead_letters", "Dead letters nobody has replayed", dead)
