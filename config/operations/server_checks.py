"""What doctor looks at in the servers: database, Redis, broker, workers, and their clocks."""

import time
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_redis import get_redis_connection

from config.jobs import canaries
from config.jobs.queues import queue_app
from config.operations import parts
from config.operations.doctor import Ailing, reason

POSTGRES_MAJOR_MIN, REDIS_MAJOR_MIN = 15, 7
CLOCK_SECONDS_MAX = 5.0
FULL_SHARE = 0.8
MEMORY_SHARE_MAX = 0.9
_EVICTION = "Set maxmemory-policy noeviction: what it throws away may be accepted work."
_DISK = "Set appendonly yes: without it a restart loses the tasks that wait."


def database() -> str:
    """Look for a PostgreSQL that is new enough."""
    try:
        version = parts.database()
    except Exception as error:
        raise Ailing(
            f"The database does not answer: {reason(error)}",
            "Start PostgreSQL (`make run` starts the embedded one), or correct DATABASE_URL.",
        ) from error
    major = int(version.split()[1].partition(".")[0])
    if major < POSTGRES_MAJOR_MIN:
        raise Ailing(
            f"{version} is too old.", f"Upgrade it to PostgreSQL {POSTGRES_MAJOR_MIN} or later."
        )
    return version


def migrations() -> str:
    """Compare the database with the code: neither may be ahead of the other."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    missing = [step for step, _ in executor.migration_plan(loader.graph.leaf_nodes())]
    if missing:
        raise Ailing(
            f"{len(missing)} migrations are missing in the database, the first is {missing[0]}.",
            "Back up, then run `manage.py migrate`; `make run` does both.",
        )
    applied = MigrationRecorder(connection).applied_migrations()
    stood_for = {name for step in loader.disk_migrations.values() for name in step.replaces}
    unknown = sorted(
        step
        for step, row in applied.items()
        if step not in stood_for | {*loader.disk_migrations}
        and step[0] in loader.migrated_apps  # an app that was taken out leaves its rows
        and not any(  # what came before it is in it, and has no file any more
            last[0] == step[0] and last in applied and row.applied < applied[last].applied
            for last in stood_for
        )
    )
    if unknown:
        raise Ailing(
            f"The database is newer than this code: {'.'.join(unknown[0])} is not in it.",
            "Run the newer code again, or restore a backup that was made with this one.",
        )
    return "all migrations are applied"


def redis() -> str:
    """Look for a Redis that is new enough, forgets nothing and has room."""
    try:
        about = get_redis_connection("default").info()
    except Exception as error:
        raise Ailing(
            f"Redis does not answer: {reason(error)}",
            "Start Redis or Valkey (`make run` starts the embedded one), or correct REDIS_URL.",
        ) from error
    judge_redis(about)
    return parts.redis()


def judge_redis(about: dict[str, Any]) -> None:
    """Raise Ailing for what Redis's INFO tells of itself."""
    version = str(about["redis_version"])
    if int(version.partition(".")[0]) < REDIS_MAJOR_MIN:
        raise Ailing(f"Redis {version} is too old.", f"Upgrade it to {REDIS_MAJOR_MIN} or later.")
    if (policy := about.get("maxmemory_policy", "noeviction")) != "noeviction":
        raise Ailing(f"Redis throws keys away when it is full ({policy}).", _EVICTION)
    if not about.get("aof_enabled"):
        raise Ailing("Redis keeps no append-only file.", _DISK)
    if about.get("aof_last_write_status", "ok") != "ok":
        raise Ailing("Redis cannot write its append-only file.", "Make room on its disk.")
    limit = int(about.get("maxmemory") or 0)
    if limit and int(about["used_memory"]) > MEMORY_SHARE_MAX * limit:
        share = int(about["used_memory"]) * 100 // limit
        raise Ailing(f"Redis's memory is {share} % full.", "Raise maxmemory, or look what grows.")


def broker() -> str:
    """Look for a broker that takes tasks."""
    try:
        return parts.broker()
    except Exception as error:
        raise Ailing(
            f"The broker does not answer: {reason(error)}",
            "Start it, or correct CELERY_BROKER_URL (empty: Redis is the broker).",
        ) from error


def queues() -> str:
    """Look for queues that soon take no more."""
    lengths, table = parts.queue_lengths(), queue_app().table
    full = [
        f"{name} holds {length} of {table[name].length_max} tasks"
        for name, length in lengths.items()
        if name in table and length >= FULL_SHARE * table[name].length_max
    ]
    if full:
        raise Ailing(
            f"Queues are nearly full: {', '.join(full)}.",
            "See that the worker of that queue runs, and start another one of the kind.",
        )
    return f"{sum(lengths.values())} tasks wait"


def workers() -> str:
    """Look for workers, and the clock, by their canaries."""
    ages = canaries.ages(now=timezone.now())
    silent = [name for name, age in ages.items() if age is None or age > canaries.OLD_SECONDS]
    if not silent:
        return f"{', '.join(ages)} work"
    if len(silent) == len(ages):
        raise Ailing(
            "No worker has done anything lately: the clock or all workers are down.",
            "Start `celery -A config.celery beat` and the workers; `make run` starts all of them.",
        )
    first = silent[0]
    served = ",".join(queue.name for queue in queue_app().table.values() if queue.worker == first)
    raise Ailing(
        f"No sign of life from the worker {', '.join(silent)}.",
        f"Look into its log, or start it: `celery -A config.celery worker --queues {served}`.",
    )


def clocks() -> str:
    """Compare this machine's clock with the database's and Redis's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        theirs = {"the database": float(cursor.fetchone()[0])}
    seconds, microseconds = get_redis_connection("default").time()
    theirs["Redis"] = seconds + microseconds / 1e6
    now = time.time()
    for name, there in theirs.items():
        if abs(there - now) > CLOCK_SECONDS_MAX:
            word = "ahead of" if now > there else "behind"
            raise Ailing(
                f"This machine's clock is {abs(there - now):.0f} s {word} that of {name}.",
                "Let NTP set the clock of both machines (`timedatectl set-ntp true`).",
            )
    return "agree"
