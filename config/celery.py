"""All background work on one page: the queues, which task goes where, and the clock."""

import os
import resource
from typing import Any

from celery.signals import worker_process_init, worker_ready
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

from config.jobs import processes  # noqa: F401  what each worker process begins with
from config.jobs.canaries import EVERY_SECONDS
from config.jobs.queues import QueueApp, Retry, TaskQueue, dead_letters, settings_for
from config.settings.base import redis_url

QUEUES = (
    TaskQueue(
        name="high",
        meaning="What a person waits for: mail, sign-in; setting lost work going again",
        worker="fast",
        length_max=2_000,
        ttl_seconds=900,  # as long as the code in a mail
        retry=Retry(attempts=6, pause_seconds=5, pause_seconds_max=300),
    ),
    TaskQueue(
        name="medium",
        meaning="Read models",
        worker="fast",
        length_max=2_000,
        ttl_seconds=600,
        retry=Retry(attempts=3, pause_seconds=5, pause_seconds_max=60),
    ),
    TaskQueue(
        name="speech",
        meaning="Reading aloud: a person waits for it",
        worker="fast",
        length_max=1_000,
        ttl_seconds=600,
        retry=Retry(attempts=3, pause_seconds=5, pause_seconds_max=60),
    ),
    TaskQueue(
        name="ocr",
        meaning="Reading scanned pages",
        worker="scan",
        address_space_mb=3_000,  # a file that unpacks without end takes its task, not the machine
        length_max=5_000,
        ttl_seconds=3_600,
        retry=Retry(attempts=4, pause_seconds=15, pause_seconds_max=120),
    ),
    TaskQueue(
        name="ai",
        meaning="Models in the worker itself: levels of texts",
        worker="ai",
        length_max=500,
        ttl_seconds=60,
        retry=Retry(attempts=2, pause_seconds=5),
    ),
    TaskQueue(
        name="chat",
        meaning="Replies of the tutor, which a learner watches being written",
        worker="chat",
        length_max=500,
        ttl_seconds=300,
        retry=Retry(attempts=2, pause_seconds=5),
        time_limit_seconds=110,  # one line in front of the model, and one answer of it
    ),
    TaskQueue(
        name="storage",
        meaning="Files",
        worker="slow",
        length_max=10_000,
        ttl_seconds=6 * 3_600,
        retry=Retry(attempts=5, pause_seconds=30),
    ),
    TaskQueue(
        name="chat.batch",
        meaning="Conversations after they were had: memories, summaries",
        worker="slow",
        length_max=5_000,
        ttl_seconds=3_600,
        retry=Retry(attempts=4, pause_seconds=30),
    ),
    TaskQueue(
        name="low",
        meaning="Reports, exams, optimiser, tidying up",
        worker="slow",
        length_max=20_000,
        ttl_seconds=6 * 3_600,
        retry=Retry(attempts=5, pause_seconds=30),
    ),
)
ROUTES = {
    "ocr.tasks.read_scan": {"queue": "ocr"},
    "ocr.tasks.*": {"queue": "storage"},
    "accounts.tasks.deliver": {"queue": "high"},
    "accounts.tasks.*_mailings": {"queue": "high"},
    "accounts.tasks.make_avatar": {"queue": "storage"},
    "accounts.tasks.*": {"queue": "low"},
    "review.tasks.warm": {"queue": "low"},
    "review.tasks.plan": {"queue": "low"},
    "review.tasks.optimise*": {"queue": "low"},
    "review.tasks.*_anki": {"queue": "low"},
    "review.tasks.prune_imports": {"queue": "low"},
    "review.tasks.*": {"queue": "medium"},
    "exams.tasks.*": {"queue": "low"},
    "chat.tasks.write_reply": {"queue": "chat"},
    "chat.tasks.look_at_message": {"queue": "chat.batch"},
    "chat.tasks.answer_item": {"queue": "chat.batch"},
    "chat.tasks.forget_conversation": {"queue": "chat.batch"},
    "chat.tasks.*": {"queue": "low"},
    "config.ai.tasks.*": {"queue": "ai"},
    "config.speech.tasks.speak": {"queue": "speech"},
    "config.speech.tasks.*": {"queue": "storage"},
    "config.jobs.tasks.*": {"queue": "high"},
    "config.outbox.tasks.*": {"queue": "low"},
    "config.api.tasks.*": {"queue": "low"},
    "config.operations.tasks.*": {"queue": "low"},
    "config.embedded.tasks.*": {"queue": "storage"},
}
SCHEDULE: dict[str, dict[str, Any]] = {
    "fold": {"task": "review.tasks.fold", "schedule": 60.0, "options": {"expires": 60}},
    "refresh": {"task": "review.tasks.refresh", "schedule": 300.0, "options": {"expires": 300}},
    "warm-statistics": {
        "task": "review.tasks.warm",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "plan-reviews": {
        "task": "review.tasks.plan",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "optimise-learners": {
        "task": "review.tasks.optimise_learners",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
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
    "close-level-tests": {
        "task": "exams.tasks.close_level_tests",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "close-attempts": {
        "task": "exams.tasks.close_attempts",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "rescore-attempts": {
        "task": "exams.tasks.rescore",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "make-weekly-exams": {
        "task": "exams.tasks.make_weekly_exams",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "estimate-level-items": {
        "task": "exams.tasks.estimate_level_items",
        "schedule": 24 * 3600.0,
        "options": {"expires": 24 * 3600},
    },
    "end-lost-replies": {
        "task": "chat.tasks.end_lost_replies",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "catch-up-on-chat": {
        "task": "chat.tasks.catch_up",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "prune-chunks": {
        "task": "chat.tasks.prune_chunks",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "prune-imports": {
        "task": "review.tasks.prune_imports",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "prune-speech": {
        "task": "config.speech.tasks.prune",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "prune-accounts": {
        "task": "accounts.tasks.prune",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "plan-mailings": {
        "task": "accounts.tasks.plan_mailings",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "erase-accounts": {
        "task": "accounts.tasks.erase_due",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "prune-api": {
        "task": "config.api.tasks.prune",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "prune-jobs": {
        "task": "config.operations.tasks.prune_jobs",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "back-up": {
        "task": "config.embedded.tasks.back_up",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
}
_FIRST_QUEUES = {queue.worker: queue.name for queue in reversed(QUEUES)}
SCHEDULE |= {
    f"canary-{worker}": {
        "task": "config.jobs.tasks.canary",
        "schedule": float(EVERY_SECONDS),
        "kwargs": {"worker": worker},
        "options": {"queue": queue, "expires": EVERY_SECONDS},
    }
    for worker, queue in sorted(_FIRST_QUEUES.items())
}

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
app = QueueApp("resee", broker=settings.CELERY_BROKER_URL, queues=QUEUES)
app.set_default()  # the current app is one thread's own: gunicorn's threads shall publish here too
app.conf.update(
    **settings_for(settings.CELERY_BROKER_URL, QUEUES),
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
    beat_schedule=SCHEDULE,
    beat_scheduler="config.jobs.clock.Clock",
    beat_max_loop_interval=5,
    redbeat_redis_url=redis_url(settings.REDIS_URL, "redbeat"),
    redbeat_redis_options={"socket_timeout": 5},
    redbeat_lock_timeout=15,  # a clock that was killed is followed after at most this
    timezone="UTC",
    task_serializer="json",
    accept_content=["json"],
)


@worker_ready.connect
def declare_dead_letters(**_: object) -> None:
    """RabbitMQ drops what an exchange has no queue for."""
    if app.is_on_rabbitmq:
        with app.connection_for_write() as broker:
            dead_letters()(broker.default_channel).declare()


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
