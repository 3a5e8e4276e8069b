"""A backup that plain tools can check and restore: a dump, the media, the secrets, their hashes."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from config.embedded import database
from config.embedded.errors import CannotStart

MANIFEST = "MANIFEST.sha256"
DUMP, MEDIA, SECRETS = "database.dump", "media", "secrets.json"
_NAME = "%Y%m%d-%H%M%S"
_DRAFT = ".draft"


def back_up(root: Path, *, now: datetime) -> Path:
    """Write ``root``/backups/TIME: database.dump, media/, secrets.json and MANIFEST.sha256.

    Returns that folder. The dump is one snapshot. The media are taken before and after it: so a
    file that it names is there, deleted in the meantime or stored in the meantime. The secrets
    belong to it: second factors are encrypted with one. The manifest is in the words of
    ``sha256sum --check``.
    """
    target = root / "backups" / now.strftime(_NAME)
    draft = target.with_suffix(_DRAFT)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    _take(settings.MEDIA_ROOT, draft / MEDIA)
    database.dump(root, draft / DUMP)
    _take(settings.MEDIA_ROOT, draft / MEDIA)
    if (root / SECRETS).exists():
        shutil.copy2(root / SECRETS, draft / SECRETS)
    files = sorted(path for path in draft.rglob("*") if path.is_file())
    lines = [f"{_sha256(path)}  {path.relative_to(draft)}\n" for path in files]
    (draft / MANIFEST).write_text("".join(lines))
    draft.rename(target)
    return target


def backups(root: Path) -> dict[datetime, Path]:
    """Return the complete backups by the moment they were made, the oldest first."""
    found = {}
    for folder in sorted((root / "backups").glob("*-*")):
        if folder.suffix != _DRAFT and (folder / MANIFEST).is_file():
            found[datetime.strptime(folder.name, _NAME).replace(tzinfo=UTC)] = folder
    return found


def prune(root: Path, *, before: datetime) -> None:
    """Remove backups made before that moment, and what an interrupted one left; keep the newest."""
    made = backups(root)
    for moment, folder in list(made.items())[:-1]:
        if moment < before:
            shutil.rmtree(folder)
    for draft in (root / "backups").glob(f"*{_DRAFT}"):
        if draft.is_dir() and draft.stat().st_mtime < before.timestamp():
            shutil.rmtree(draft)


def manifest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each of a backup's files by its name; CannotStart when it is none."""
    path = folder / MANIFEST
    if not path.is_file():
        raise CannotStart(f"{folder} is no backup: it has no {MANIFEST}.")
    found = dict(line.split("  ", 1)[::-1] for line in path.read_text().splitlines())
    if DUMP not in found:
        raise CannotStart(f"{folder} is no complete backup: its {MANIFEST} names no {DUMP}.")
    return found


def verify(wanted: Mapping[Path, str]) -> None:
    """Compare files with their SHA-256; CannotStart names the first that is gone or differs."""
    for path, sha256 in wanted.items():
        if not path.is_file():
            raise CannotStart(f"The backup is not complete: {path} is missing.")
        if _sha256(path) != sha256:
            raise CannotStart(f"The backup is damaged: {path} has another SHA-256.")


def _take(source: Path, target: Path) -> None:
    """Link every file: they are replaced, never changed; copy where a disk ends."""
    for path in source.rglob("*") if source.exists() else ():
        copy = target / path.relative_to(source)
        if not path.is_file() or copy.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, copy)
        except FileNotFoundError:
            continue  # deleted just now
        except OSError:
            shutil.copy2(path, copy)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
