"""What doctor looks at in the embedded default: the models' files, the disk, the backups."""

import shutil

from django.conf import settings

from config.embedded import models, preflight
from config.operations.doctor import Ailing, Check, register
from config.settings import home, variables


def register_checks() -> None:
    """Add the checks, where this is the embedded default."""
    if settings.SETTINGS_MODULE == "config.settings.production":
        return
    register("model_files", Check("Model files", model_files))
    register("disk", Check("Disk", disk))


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


def disk() -> str:
    """See that RESEE_HOME has room."""
    free = shutil.disk_usage(home.home()).free
    if free < preflight.DISK_BYTES_FIRST:
        raise Ailing(
            f"The disk of {home.home()} is nearly full: {free / 1e6:.0f} MB are free.",
            "Make room, or move the folder and say so by RESEE_HOME.",
        )
    return f"{free / 1e9:.0f} GB are free"
