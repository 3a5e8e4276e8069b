"""What doctor looks at in the embedded default: the models' files, the disk, the backups."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from config.embedded import backup, models, preflight
from config.operations.doctor import Ailing, Check, register
from config.retention import kept
from config.settings import home, variables

BACKUP_OLD = timedelta(days=2)


def register_checks() -> None:
    """Add the checks, where this is the embedded default."""
    if settings.SETTINGS_MODULE == "config.settings.production":
        return
    register("model_files", Check("Model files", model_files))
    register("backups", Check("Backups", backups))
    register("disk", Check("Disk", disk))
    register("live", Check("Live process", live))


def model_files() -> str:
    """Compare the OCR models with their hashes."""
    if variables.text("OCR_MODEL_SERVER_URL"):
        return "are the model server's own"
    for model in models.MODELS:
        if damage := models.damage_of(home.models_dir() / model.folder, model):
            raise Ailing(
                f"The model {model.folder} is damaged: {damage}.",
                "Run `manage.py provision`; `make run` does it too.",
            )
    return f"{len(models.MODELS)} are what they should be"


def backups() -> str:
    """See that the last backup is of these days; one is due a day after the first start."""
    days = kept("backups")
    started = home.home() / "secrets.json"
    made = [*backup.backups(home.home()), *_first_start(started)]
    if not days or not made:
        return "none are wanted here" if not days else "the first is made within a day"
    age = timezone.now() - max(made)
    if age > BACKUP_OLD:
        raise Ailing(
            f"The last backup is {age.days} days old.",
            "Run `make backup`; the worker `slow` writes one a day, its log says why it did not.",
        )
    return f"{len(backup.backups(home.home()))} are kept, for {days.days} days each"


def _first_start(path: Path) -> list[datetime]:
    if not path.exists():
        return []
    return [datetime.fromtimestamp(path.stat().st_mtime, UTC)]


def live() -> str:
    """See that conversations can be followed."""
    from config.embedded import programs  # with the queues' app, which not every command needs

    started = home.home() / "processes.json"
    if not started.exists() or '"name": "live"' not in started.read_text():
        return "is not started here"
    port = variables.live_port()
    if not programs.answers(f"http://127.0.0.1:{port}/healthz"):
        raise Ailing(
            f"Nothing answers on port {port}: conversations cannot be followed.",
            "`make run` starts it; its log is logs/live.log. Replies are written all the same.",
        )
    return f"answers on port {port}"


def disk() -> str:
    """See that RESEE_HOME has room."""
    free = shutil.disk_usage(home.home()).free
    if free < preflight.DISK_BYTES_FIRST:
        raise Ailing(
            f"The disk of {home.home()} is nearly full: {free / 1e6:.0f} MB are free.",
            "Make room, or move the folder and say so by RESEE_HOME.",
        )
    return f"{free / 1e9:.0f} GB are free"
