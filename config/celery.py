"""All background work on one page: the queues, which task goes where, and the clock."""

import os
import resource
from dataclasses import dataclass

from celery import Celery
from celery.signals import setup_logging, worker_process_init
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Queue

from config.settings.base import redis_url


@dataclass(frozen=True, slots=True)
class TaskQueue:
    """One queue: what it is for, which worker serves it, what one task may take."""

    name: str
    meaning: str
    worker: str
    time_limit_seconds: int = 90
    address_space_mb: int = 0  # of a process that serves it; 0: any


DECODERS_MB = 3000  # a file that unpacks without end takes its own task along, not the machine
QUEUES = (
    TaskQueue("high", "What a person waits for: mail, sign-in", "fast"),
    TaskQueue("medium", "Read models, job reconciliation", "fast"),
    TaskQueue("low", "Reports, exams, optimiser", "fast"),
    TaskQueue("ocr", "Reading scanned pages", "scan", address_space_mb=DECODERS_MB),
    TaskQueue("storage", "Files", "scan", address_space_mb=DECODERS_MB),
    TaskQueue("ai", "Models in the worker itself: levels of texts", "ai"),
)
ROUTES = {
    "ocr.tasks.read_scan": {"queue": "ocr"},
    "ocr.tasks.*": {"queue": "storage"},
    "accounts.tasks.deliver": {"queue": "high"},
    "accounts.tasks.*": {"queue": "low"},
    "review.tasks.*": {"queue": "medium"},
    "config.ai.tasks.*": {"queue": "ai"},
    "config.jobs.tasks.*": {"queue": "medium"},
    "config.outbox.tasks.*": {"queue": "low"},
    "config.api.tasks.*": {"queue": "low"},
}
SCHEDULE = {
    "fold": {"task": "review.tasks.fold", "schedule": 60.0, "options": {"expires": 60}},
    "refresh": {"task": "review.tasks.refresh", "schedule": 300.0, "options": {"expires": 300}},
    "warm-statistics": {
        "task": "review.tasks.warm",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "reconcile-jobs": {
        "task": "config.jobs.tasks.reconcile",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "prune-outbox": {
        "task": "config.outbox.tasks.prune",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "prune-originals": {
        "task": "ocr.tasks.prune_originals",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "sweep-files": {
        "task": "ocr.tasks.sweep",
        "schedule": 6 * 3600.0,
        "options": {"expires": 6 * 3600},
    },
    "prune-accounts": {
        "task": "accounts.tasks.prune",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "prune-api": {
        "task": "config.api.tasks.prune",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
VISIBILITY_TIMEOUT_SECONDS = 120

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
app = Celery("resee", broker=settings.CELERY_BROKER_URL)
app.set_default()  # the current app is one thread's own: gunicorn's threads shall publish here too
app.conf.update(
    task_queues=[Queue(queue.name, routing_key=queue.name) for queue in QUEUES],
    task_default_queue="medium",
    task_routes=ROUTES,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=90,
    task_soft_time_limit=80,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=500,
    worker_max_memory_per_child=400_000,  # KiB
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=5.0,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "max_retries": 0,  # whoever publishes hears at once that the broker is away
    },
    beat_schedule=SCHEDULE,
    beat_scheduler="redbeat.RedBeatScheduler",
    beat_max_loop_interval=5,
    redbeat_redis_url=redis_url(settings.REDIS_URL, "redbeat"),
    redbeat_lock_timeout=15,  # a clock that was killed is followed after at most this
    timezone="UTC",
    task_serializer="json",
    accept_content=["json"],
)


@setup_logging.connect
def keep_logging(**_: object) -> None:
    """Leave logging as the settings made it; Celery would set a level and a format of its own."""


@worker_process_init.connect
def limit_memory(**_: object) -> None:
    """Bound the process if each queue it serves has a bound: an allocation beyond fails."""
    served = app.amqp.queues.consume_from
    limits = [queue.address_space_mb for queue in QUEUES if queue.name in served]
    if limits and all(limits):
        most = max(limits) * 1024**2
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


app.steps["worker"].add(DjangoStructLogInitStep)  # log lines of a task carry its request's id
app.autodiscover_tasks()
