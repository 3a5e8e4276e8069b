"""What a learner does with an import: send a file, have it imported after a look at the report."""

from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.queries.learners import Learner
from config.errors import Conflict, Invalid
from config.identifiers import new_public_id
from config.jobs.dispatch import accept
from config.jobs.models import Job
from config.retention import kept
from review.access import import_of
from review.anki.archive import Archive
from review.import_models import Import

ANKI_TASK = "review.tasks.import_anki"
ATTEMPTS_MAX = 4
BYTES_MAX = 512 * 1024 * 1024
PRUNED = 200
_COPIED = 1 << 20


class FileTooLarge(Invalid):
    """More bytes than are accepted."""

    code = "too_large"
    status = 413
    title = "File too large"


class NotADryRun(Conflict):
    """Only a dry run that has ended well is imported after it."""

    code = "not_a_dry_run"


def accept_package(
    *, learner: Learner, file: IO[bytes], file_name: str, is_dry_run: bool
) -> Import:
    """Store an Anki package and promise to read it; the classes of ``anki.errors`` say why not."""
    name = f"imports/{new_public_id()}.apkg"
    with NamedTemporaryFile(suffix=".apkg") as copy:
        byte_count = 0
        while chunk := file.read(_COPIED):
            byte_count += len(chunk)
            if byte_count > BYTES_MAX:
                raise too_large()
            copy.write(chunk)
        copy.flush()
        Archive(Path(copy.name)).close()
        copy.seek(0)
        kept = default_storage.save(name, File(copy))
    try:
        with transaction.atomic():
            imported = Import(
                user_id=learner.id,
                kind=Import.Kind.ANKI,
                file=kept,
                file_name=file_name[:200],
                byte_count=byte_count,
                is_dry_run=is_dry_run,
            )
            imported.job = _job(imported)
            imported.save()
    except BaseException:
        default_storage.delete(kept)
        raise
    return imported


@transaction.atomic
def start_import(*, learner: Learner, import_id: UUID) -> Import:
    """Import the file of a dry run; NotADryRun."""
    imported = import_of(learner, import_id, lock=True)
    job = Job.objects.select_for_update().get(pk=imported.job_id)
    if not imported.is_dry_run or job.state != Job.State.SUCCEEDED or not imported.file:
        raise NotADryRun("Send the file as a dry run first, and wait until it has ended.")
    imported.is_dry_run = False
    imported.cursor, imported.report = {}, {}
    imported.job = _job(imported)
    imported.save(update_fields=["is_dry_run", "cursor", "report", "job"])
    job.delete()
    return imported


def delete_import(*, learner: Learner, import_id: UUID) -> None:
    """Forget an import and its file; what was imported stays."""
    with transaction.atomic():
        imported = import_of(learner, import_id, lock=True)
        job = Job.objects.select_for_update().get(pk=imported.job_id)
        imported.delete()
        job.delete()
        transaction.on_commit(partial(discard, str(imported.file)))


def too_large() -> FileTooLarge:
    """Return the refusal of a file with more than BYTES_MAX bytes."""
    return FileTooLarge(f"The file is larger than {BYTES_MAX >> 20} MB.", field="file")


def prune_imports(*, now: datetime) -> None:
    """Delete packages that nobody has started for a week, and those of imports that failed."""
    ended = [Job.State.SUCCEEDED, Job.State.FAILED]
    old = Import.objects.filter(created_at__lt=now - kept("imports"), job__state__in=ended).exclude(
        file=""
    )
    for imported in old.order_by("id")[:PRUNED]:
        Import.objects.filter(pk=imported.pk).update(file="")
        discard(str(imported.file))


def discard(name: str) -> None:
    """Delete a file that is not needed any more."""
    if name:
        default_storage.delete(name)


def _job(imported: Import) -> Job:
    arguments: dict[str, Any] = {"import_id": str(imported.public_id)}
    return accept(
        task=ANKI_TASK, arguments=arguments, user_id=imported.user_id, attempts_max=ATTEMPTS_MAX
    )
