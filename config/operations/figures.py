"""What stands in the database, Redis and on the disk, told to Prometheus by whichever process."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog
from celery.signals import task_failure, task_retry, task_success
from django.core.files.storage import FileSystemStorage, storages
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.utils import timezone
from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from config.jobs.models import Job

TASKS = Counter("celery_tasks_total", "Tasks by what came of them", ["task", "outcome"])
_DAY = timedelta(days=1)

log = structlog.get_logger(__name__)


class JobFigures(Collector):
    """Work that was promised and has not ended, and what failed of late."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield three gauges; none while the database is away."""
        now = timezone.now()
        states = [Job.State.QUEUED, Job.State.RUNNING]
        try:
            found = Job.objects.filter(Q(state__in=states) | Q(finished_at__gte=now - _DAY))
            figures = found.aggregate(
                queued=Count("id", filter=Q(state=Job.State.QUEUED)),
                running=Count("id", filter=Q(state=Job.State.RUNNING)),
                failed=Count("id", filter=Q(state=Job.State.FAILED)),
                oldest=Min("created_at", filter=Q(state__in=states)),
            )
        except DatabaseError as error:
            log.warning("job_figures_unknown", error=type(error).__name__)
            connection.close()
            return
        unfinished = GaugeMetricFamily("jobs_unfinished", "Jobs that go on", labels=["state"])
        for state in states:
            unfinished.add_metric([str(state)], figures[state])
        yield unfinished
        since = (now - figures["oldest"]).total_seconds() if figures["oldest"] else 0
        yield GaugeMetricFamily("jobs_oldest_seconds", "Age of the oldest of them", max(0, since))
        yield GaugeMetricFamily(
            "jobs_failed_last_day", "Jobs that failed within a day", figures["failed"]
        )


class StorageFigures(Collector):
    """Room for uploaded files, where they are on a disk of ours."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one gauge; none where the files are elsewhere, or the folder is not there yet."""
        files = storages["default"]
        if not isinstance(files, FileSystemStorage):
            return
        try:
            free = shutil.disk_usage(files.location).free
        except OSError:
            return
        yield GaugeMetricFamily("storage_free_bytes", "Free on the disk of uploaded files", free)


def count_tasks() -> None:
    """Count in every worker what becomes of tasks, by their registered names."""
    for signal, outcome in (
        (task_success, "done"),
        (task_retry, "retried"),
        (task_failure, "failed"),
    ):
        signal.connect(_counter(outcome), weak=False, dispatch_uid=f"count_tasks_{outcome}")


def _counter(outcome: str) -> Callable[..., None]:
    def count(*, sender: object, **_: object) -> None:
        TASKS.labels(getattr(sender, "name", "unknown"), outcome).inc()

    return count
