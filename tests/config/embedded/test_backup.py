"""Backups: complete, checked by their hashes, removed in time; and doctor misses them."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from config.embedded import backup, database, diagnosis, restore
from config.embedded.errors import CannotStart
from config.operations.doctor import Ailing

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def made(root: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of one uploaded file and the secrets, with a dump that is a text."""
    settings.MEDIA_ROOT = root / "media"
    (root / "media/scans").mkdir(parents=True)
    (root / "media/scans/page.webp").write_bytes(b"page")
    (root / "secrets.json").write_text("{}")
    monkeypatch.setattr(database, "dump", lambda _, path: path.write_text("dump"))
    return backup.back_up(root, now=NOW)


def _verify(folder: Path) -> None:
    backup.verify({folder / name: sha256 for name, sha256 in backup.manifest(folder).items()})


def test_it_holds_everything_that_is_needed(made: Path) -> None:
    assert {*backup.manifest(made)} == {"database.dump", "media/scans/page.webp", "secrets.json"}
    assert made.stat().st_mode & 0o077 == 0
    _verify(made)


def test_a_file_replaced_later_does_not_change_it(made: Path, root: Path) -> None:
    (root / "media/scans/page.webp").unlink()
    (root / "media/scans/page.webp").write_bytes(b"another")
    assert (made / "media/scans/page.webp").read_bytes() == b"page"


def test_what_is_stored_or_deleted_during_the_dump_is_there(
    root: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dump(_: Path, path: Path) -> None:
        path.write_text("dump")
        (root / "media/scans/page.webp").unlink()
        (root / "media/scans/next.webp").write_bytes(b"next")

    monkeypatch.setattr(database, "dump", dump)
    folder = backup.back_up(root, now=NOW + timedelta(days=1))
    assert {"media/scans/page.webp", "media/scans/next.webp"} <= backup.manifest(folder).keys()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "database.dump").write_text("dumb"), "has another SHA-256"),
        (lambda folder: (folder / "media/scans/page.webp").unlink(), "page.webp is missing"),
        (lambda folder: (folder / "MANIFEST.sha256").unlink(), "it has no MANIFEST.sha256"),
        (lambda folder: (folder / "MANIFEST.sha256").write_text(""), "names no database.dump"),
    ],
)
def test_one_that_is_damaged_is_refused_before_anything_is_changed(
    made: Path, root: Path, damage: Any, said: str, settings: Any
) -> None:
    damage(made)
    settings.MEDIA_ROOT = root / "new"
    with pytest.raises(CommandError, match=said):
        call_command("restore", made)
    assert not (root / "postgres").exists()
    assert not (root / "new").exists()


def test_what_is_there_is_not_overwritten(made: Path) -> None:
    with pytest.raises(CommandError, match=r"media is there already: .* --replace"):
        call_command("restore", made)


def test_set_aside_loses_nothing(made: Path, root: Path) -> None:
    aside = restore.set_aside(root, now=NOW)
    assert (aside / "media/scans/page.webp").read_bytes() == b"page"
    assert not (root / "media").exists()


def test_old_ones_go_and_the_newest_stays(made: Path, root: Path) -> None:
    later = backup.back_up(root, now=NOW + timedelta(days=9))
    draft = made.with_suffix(".draft")
    draft.mkdir()
    os.utime(draft, (0, 0))
    backup.prune(root, before=NOW + timedelta(days=1))
    assert [*backup.backups(root).values()] == [later]
    assert not draft.exists()
    backup.prune(root, before=NOW + timedelta(days=99))
    assert [*backup.backups(root).values()] == [later]


def test_a_dump_that_fails_leaves_no_backup(
    root: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path, path: Path) -> None:
        raise CannotStart(f"{path} cannot be written")

    monkeypatch.setattr(database, "dump", fail)
    with pytest.raises(CannotStart):
        backup.back_up(root, now=NOW + timedelta(days=1))
    assert [*backup.backups(root).values()] == [made]


def test_doctor_misses_a_backup(root: Path, made: Path, settings: Any) -> None:
    settings.RESEE_BACKUP_DAYS = 7
    os.utime(root / "secrets.json", (0, 0))
    with pytest.raises(Ailing, match=r"The last backup is \d+ days old"):
        diagnosis.backups()
    backup.back_up(root, now=timezone.now())
    assert diagnosis.backups() == "2 are kept, for 7 days each"
    settings.RESEE_BACKUP_DAYS = 0
    assert diagnosis.backups() == "none are wanted here"
