"""Files in Django's storage whose name stands for one content: the same file is kept once."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from config.errors import Unavailable

log = structlog.get_logger(__name__)


class StorageFailed(Unavailable):
    """The storage takes no files now: it is full, or away."""

    code = "storage_failed"


def sha256_of(data: bytes) -> str:
    """Return the hash by which a file is known, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def held(*hashes: str) -> Iterator[None]:
    """Hold files against every other keeper and discarder until the transaction ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for sha256 in sorted(hashes):  # everybody in one order
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])
        yield


def keep(data: bytes, name: str) -> None:
    """Store the file unless it is there. A name stands for one content, so two may do it at once.

    Where another was quicker, the storage gives the second another name: that one goes again.
    A part of a file, left by a full disk or a killed process, is none. Raises StorageFailed.
    """
    try:
        _keep(data, name)
    except OSError as error:
        log.exception("file_not_stored", name=name)
        with suppress(OSError):
            default_storage.delete(name)
        raise StorageFailed("Files cannot be stored at the moment.") from error


def _keep(data: bytes, name: str) -> None:
    if default_storage.exists(name):
        if default_storage.size(name) == len(data):
            return
        default_storage.delete(name)
    given = default_storage.save(name, ContentFile(data))
    if given != name:
        default_storage.delete(given)


def load(name: str) -> bytes:
    """Return the file; FileNotFoundError when it is gone."""
    if not name:
        raise FileNotFoundError(name)
    with default_storage.open(name) as file:
        return bytes(file.read())
