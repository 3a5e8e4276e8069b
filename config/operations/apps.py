"""The operations package as a Django app."""

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from config.operations.dashboard import Panel
    from config.operations.personal_data import Row


class OperationsConfig(AppConfig):
    """Health, metrics and request ids of every process."""

    name = "config.operations"
    label = "operations"

    def ready(self) -> None:
        """Register the checks of the parts, and what is watched in every process."""
        from django.db.backends.signals import connection_created

        from config.metrics import measure_queries
        from config.operations import dashboard, figures, health, parts
        from config.operations.request_ids import answer_request_ids, log_addresses

        health.register("database", parts.database)
        health.register("redis", parts.redis)
        health.register("broker", parts.broker)
        _register_doctor()
        figures.count_tasks()
        parts.SHARED.register(figures.JobFigures())
        parts.SHARED.register(figures.StorageFigures())
        connection_created.connect(measure_queries)
        dashboard.register("c_queues", _queues)
        answer_request_ids()
        _say_whose()
        log_addresses()


def _register_doctor() -> None:
    from config.operations import server_checks, setting_checks
    from config.operations.doctor import Check, register

    register("settings", Check("Settings", setting_checks.variables))
    register("database", Check("Database", server_checks.database))
    register("migrations", Check("Migrations", server_checks.migrations, ("database",)))
    register("redis", Check("Redis", server_checks.redis))
    register("broker", Check("Broker", server_checks.broker))
    register("queues", Check("Queues", server_checks.queues, ("broker",)))
    register("workers", Check("Workers", server_checks.workers, ("redis",)))
    register("clocks", Check("Clocks", server_checks.clocks, ("database", "redis")))
    register("storage", Check("Storage", setting_checks.storage))
    register("mail", Check("Mail", setting_checks.post))


def _say_whose() -> None:
    from django.db.models import Q

    from config.operations.personal_data import Fate, register

    register(
        Fate.NOBODYS,
        "auth.Permission", "auth.Group", "auth.Group_permissions", "contenttypes.ContentType",
        "sessions.Session", "pghistory.Context", "socialaccount.SocialApp",
    )  # fmt: skip
    register(Fate.TOLD, "account.EmailAddress")
    register(Fate.TOLD, "socialaccount.SocialAccount", omitted=["extra_data"])
    register(Fate.TOLD, "api.ApiKey", omitted=["key_sha256"])
    register(
        Fate.ERASED,
        "account.EmailConfirmation", "mfa.Authenticator", "socialaccount.SocialToken",
        "api.IdempotentAnswer", "admin.LogEntry",
    )  # fmt: skip
    register(
        Fate.RESTORED,
        "jobs.Job",
        only=~Q(task__startswith="accounts."),  # an archive's own
        omitted=["task", "arguments", "lease", "heartbeat_at"],
        constants={"task": "restored", "state": _ended},  # nothing of an archive is ever run
    )


def _ended(row: "Row") -> str:
    return "succeeded" if row["state"] == "succeeded" else "failed"


def _queues() -> "Panel":
    from config.jobs.queues import queue_app
    from config.operations.dashboard import Bar, Panel
    from config.operations.parts import queue_lengths

    table = queue_app().table
    bars = [
        Bar(name, length, is_bad=length > table[name].length_max / 2)
        for name, length in queue_lengths().items()
    ]
    return Panel("Tasks waiting in queues", bars, address="/admin/jobs/job/")
