"""Originals in Django's storage, by the hash of their content: the same file is kept once."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction


def sha256_of(data: bytes) -> str:
    """Return the hash by which a file is known, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@contextmanager
def held(sha256: str) -> Iterator[None]:
    """Hold a file against every other keeper and discarder until the transaction ends."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])
        yield


def keep(data: bytes, *, sha256: str, extension: str) -> str:
    """Store the file unless it is there; return its name in the storage. Hold it meanwhile."""
    name = f"scans/{sha256[:2]}/{sha256}.{extension}"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(data))


def load(name: str) -> bytes:
    """Return the file; FileNotFoundError when it is gone."""
    with default_storage.open(name) as file:
        return bytes(file.read())


def discard(name: str) -> None:
    """Delete the file. Hold it meanwhile."""
    default_storage.delete(name)
