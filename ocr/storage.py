"""Files in Django's storage, by the hash of their content: the same file is kept once.

An original is ``scans/ab/SHA256.ext``; what is made from it lies in the folder ``scans/ab/SHA256``.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from config.errors import Unavailable
from config.retention import kept as kept_for

log = structlog.get_logger(__name__)
ROOT = "scans"
YOUNG = kept_for("strays")  # a file this young may belong to a scan that is not committed yet


class StorageFailed(Unavailable):
    """The storage takes no files now: it is full, or away."""

    code = "storage_failed"


def sha256_of(data: bytes) -> str:
    """Return the hash by which a file is known, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def original_name(sha256: str, extension: str) -> str:
    """Return the name of an original in the storage."""
    return f"{ROOT}/{sha256[:2]}/{sha256}.{extension}"


def copy_name(sha256: str, name: str) -> str:
    """Return the name of something made from an original."""
    return f"{ROOT}/{sha256[:2]}/{sha256}/{name}"


@contextmanager
def held(sha256: str) -> Iterator[None]:
    """Hold a file against every other keeper and discarder until the transaction ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
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
            discard_original(name)
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


def discard(sha256: str, name: str) -> None:
    """Delete an original with all that was made from it. Hold it meanwhile."""
    discard_original(name)
    folder = copy_name(sha256, "").rstrip("/")
    for copy in _listed(folder)[1]:
        default_storage.delete(f"{folder}/{copy}")
    if folder in _subfolders(sha256[:2]):
        default_storage.delete(folder)  # empty now; where folders are only names, it is gone


def discard_original(name: str) -> None:
    """Delete an original alone. Hold it meanwhile."""
    if name:
        default_storage.delete(name)


def shelves() -> list[str]:
    """Return the first two digits of the hashes there are files of."""
    return sorted(_listed(ROOT)[0])


def kept(shelf: str) -> tuple[dict[str, str], set[str]]:
    """Return the originals on a shelf by their hashes, and the hashes that have copies."""
    names = _listed(f"{ROOT}/{shelf}")[1]
    originals = {name.partition(".")[0]: f"{ROOT}/{shelf}/{name}" for name in names}
    return originals, {folder.rpartition("/")[2] for folder in _subfolders(shelf)}


def is_young(name: str, *, now: datetime) -> bool:
    """Tell whether a file was stored just now."""
    return now - default_storage.get_modified_time(name) < YOUNG


def _subfolders(shelf: str) -> list[str]:
    return [f"{ROOT}/{shelf}/{name}" for name in _listed(f"{ROOT}/{shelf}")[0]]


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
