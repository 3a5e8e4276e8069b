"""Files of scans in Django's storage, by the hash of their content.

An original is ``scans/ab/SHA256.ext``; what is made from it lies in the folder ``scans/ab/SHA256``.
"""

from datetime import datetime

from django.core.files.storage import default_storage

from config.kept_files import StorageFailed, held, keep, load, sha256_of
from config.retention import kept as kept_for

__all__ = ["StorageFailed", "held", "keep", "load", "sha256_of"]
ROOT = "scans"
YOUNG = kept_for("strays")  # a file this young may belong to a scan that is not committed yet


def original_name(sha256: str, extension: str) -> str:
    """Return the name of an original in the storage."""
    return f"{ROOT}/{sha256[:2]}/{sha256}.{extension}"


def copy_name(sha256: str, name: str) -> str:
    """Return the name of something made from an original."""
    return f"{ROOT}/{sha256[:2]}/{sha256}/{name}"


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
