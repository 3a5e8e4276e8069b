"""What becomes of a learner's scans with the account."""

from typing import Any

from config.errors import Invalid
from config.operations.personal_data import Fate, Person, on_files, register
from ocr import pages, storage
from ocr.models import Scan


def say() -> None:
    """Register each model; for ``AppConfig.ready``."""
    register(Fate.RESTORED, "ocr.Page", "ocr.TextLine", "ocr.Word")
    register(Fate.RESTORED, "ocr.Scan", place=_place)
    on_files("ocr.Scan", _end_files)


def _end_files(person: Person) -> None:
    """Delete originals with their copies where no other learner has the same."""
    rows = Scan.objects.filter(user_id=person.key)
    for sha256, name in rows.values_list("sha256", "file"):
        with storage.held(sha256):
            if not Scan.objects.filter(sha256=sha256).exclude(user_id=person.key).exists():
                storage.discard(sha256, name)


def _place(_: str, row: dict[str, Any], data: bytes) -> str:
    """Return the name of an original that comes back; Invalid when it is not what its row says."""
    upload = pages.check(data) if data else None
    sha256 = storage.sha256_of(data)
    if upload is None or sha256 != row["sha256"]:
        raise Invalid("A scan's original is not the file its row says.", field="file")
    return storage.original_name(sha256, upload.extension)
