"""A backup that plain tools can check and restore: a dump, the media, and a list of hashes."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings

from config.embedded import database

MANIFEST = "MANIFEST.sha256"


def back_up(root: Path, *, now: datetime) -> Path:
    """Write ``root``/backups/TIME: database.dump, media/ and MANIFEST.sha256; return that folder.

    The dump comes first: every file that it names has been stored before. The manifest is in the
    words of ``sha256sum --check``.
    """
    target = root / "backups" / f"{now:%Y%m%d-%H%M%S}"
    draft = target.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    database.dump(root, draft / "database.dump")
    if settings.MEDIA_ROOT.exists():
        shutil.copytree(settings.MEDIA_ROOT, draft / "media")
    files = sorted(path for path in draft.rglob("*") if path.is_file())
    lines = [f"{_sha256(path)}  {path.relative_to(draft)}\n" for path in files]
    (draft / MANIFEST).write_text("".join(lines))
    draft.rename(target)
    return target


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
