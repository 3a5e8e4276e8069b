"""What doctor looks at besides the servers: settings, files, mail."""

import difflib
import os
import shutil
from pathlib import Path
from smtplib import SMTPException

from django.conf import settings
from django.core import checks, mail
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

from config.identifiers import new_public_id
from config.operations.doctor import Ailing, reason
from config.settings.variables import VARIABLES

FREE_BYTES_MIN = 500_000_000
_LIKENESS = 0.85
_NOWHERE = ("console", "dummy", "filebased")


def variables() -> str:
    """Look for variables that were meant for us and are misspelt, and for Django's complaints."""
    known = [variable.name for variable in VARIABLES]
    for name in sorted(os.environ.keys() - {*known}):
        if close := difflib.get_close_matches(name, known, n=1, cutoff=_LIKENESS):
            raise Ailing(
                f"The environment sets {name}, which nothing reads.",
                f"Call it {close[0]} if that is meant, or remove it.",
            )
    found = checks.run_checks(include_deployment_checks=_is_production())
    serious = [message for message in found if message.level >= checks.WARNING]
    if serious:
        first = serious[0]
        raise Ailing(f"{first.msg} ({first.id})", str(first.hint or "Correct that setting."))
    return f"{len(known)} variables are known, {sum(name in os.environ for name in known)} are set"


def storage() -> str:
    """Write a file, read it again, remove it; see that there is room for more."""
    name, files = f"doctor/{new_public_id()}", storages["default"]
    try:
        stored = files.save(name, ContentFile(name.encode()))
        with files.open(stored) as file:
            text = file.read()
        files.delete(stored)
    except Exception as error:
        raise Ailing(
            f"Uploaded files cannot be stored: {reason(error)}",
            "Make MEDIA_ROOT writable for the user of the processes, or correct STORAGE_URL.",
        ) from error
    if text != name.encode():
        raise Ailing("The storage returns other bytes than it took.", "Do not use this storage.")
    if not isinstance(files, FileSystemStorage):
        return "files are stored and read again"
    return _room(Path(files.location), "uploaded files", "MEDIA_ROOT")


def _room(folder: Path, what: str, variable: str) -> str:
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_MIN:
        raise Ailing(
            f"The disk of {what} ({folder}) is nearly full: {free / 1e6:.0f} MB are free.",
            f"Make room, or move the folder ({variable}).",
        )
    return f"files are stored and read again, {free / 1e9:.0f} GB are free"


def post() -> str:
    """Connect to the mail server as a mail would."""
    backend = settings.EMAIL_BACKEND.split(".")[-2]
    if backend in _NOWHERE:
        if _is_production():
            raise Ailing(
                "Mails are written into a log and reach nobody.",
                "Give EMAIL_URL, as smtp+tls://user:password@host:port.",
            )
        return "mails are written into the log of the worker, as is usual here"
    try:
        with mail.get_connection():
            return f"{backend} takes mails"
    except (OSError, SMTPException) as error:
        raise Ailing(
            f"The mail server does not answer: {reason(error)}",
            "Correct EMAIL_URL; until then nobody can confirm an address.",
        ) from error


def _is_production() -> bool:
    return settings.SETTINGS_MODULE == "config.settings.production"
