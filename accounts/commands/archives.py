"""Everything of a learner in one file: written by a job, and brought back by one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any
from uuid import UUID
from zipfile import BadZipFile, ZipFile

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.access import ArchiveNotFound, archives_of
from accounts.models import DataArchive, User
from accounts.queries.learners import Learner
from config.errors import Conflict, Invalid, ReseeError
from config.identifiers import new_public_id
from config.jobs.dispatch import accept, admit
from config.jobs.leases import Clock, Lease, finish, report
from config.jobs.models import Job
from config.jobs.work import CannotBeDone, MoreToDo, do_unit
from config.operations import archive_checks, archive_reader, archive_writer
from config.operations.archive_checks import ArchiveDamaged
from config.operations.archive_reader import Cursor
from config.operations.personal_data import Person
from config.retention import kept

EXPORT_TASK, IMPORT_TASK = "accounts.tasks.write_archive", "accounts.tasks.bring_back"
BYTES_MAX = 2 * 1024**3
UNIT_SECONDS = 15.0
PRUNED = 200
_COPIED = 1 << 20


class ArchiveInTheMaking(Conflict):
    """One at a time."""

    code = "archive_in_the_making"


class FileTooLarge(Invalid):
    """More bytes than are accepted."""

    code = "too_large"
    status = 413
    title = "File too large"


@transaction.atomic
def request_archive(*, learner: Learner) -> DataArchive:
    """Promise an archive of everything; QueueFull, ArchiveInTheMaking."""
    admit(task=EXPORT_TASK)
    return _promised(learner, DataArchive.Kind.EXPORT, EXPORT_TASK)


def accept_archive(*, learner: Learner, file: IO[bytes]) -> DataArchive:
    """Store an archive and promise to bring it back.

    ArchiveDamaged, AccountNotEmpty, FileTooLarge, QueueFull, ArchiveInTheMaking.
    """
    admit(task=IMPORT_TASK)
    with NamedTemporaryFile(suffix=".zip") as copy:
        size = 0
        while chunk := file.read(_COPIED):
            size += copy.write(chunk)
            if size > BYTES_MAX:
                raise too_large()
        copy.flush()
        with _zip(copy) as archive:
            counts = archive_checks.check(archive)
        archive_reader.check_empty(_person(learner.id))
        copy.seek(0)
        name = default_storage.save(f"archives/{new_public_id()}.zip", File(copy))
    try:
        with transaction.atomic():
            fields = {"file": name, "byte_count": size, "counts": counts}
            return _promised(learner, DataArchive.Kind.IMPORT, IMPORT_TASK, **fields)
    except BaseException:
        default_storage.delete(name)
        raise


def too_large() -> FileTooLarge:
    """Return the refusal of a file with more than BYTES_MAX bytes."""
    return FileTooLarge(f"The file is larger than {BYTES_MAX >> 30} GB.", field="file")


def write_archive(*, job_id: UUID, archive_id: UUID, clock: Clock) -> None:
    """Do the job of an export: from one snapshot, in one go."""
    do_unit(job_id=job_id, work=lambda lease: _write(lease, archive_id, clock), clock=clock)


def bring_back(*, job_id: UUID, archive_id: UUID, clock: Clock) -> None:
    """Do one unit of an import; what is before its cursor is stored."""
    do_unit(job_id=job_id, work=lambda lease: _bring(lease, archive_id, clock), clock=clock)


def opened(row: DataArchive) -> IO[bytes]:
    """Return the file of a finished export; ArchiveNotFound."""
    with suppress(FileNotFoundError):  # its week ended just now
        if row.kind == DataArchive.Kind.EXPORT and row.file:
            return default_storage.open(str(row.file))
    raise ArchiveNotFound("This archive is not ready, or its week is over.")


def prune(*, now: datetime) -> None:
    """Delete the files of archives after a week."""
    old = DataArchive.objects.filter(created_at__lt=now - kept("archives")).exclude(file="")
    for row in old.order_by("id")[:PRUNED]:
        DataArchive.objects.filter(pk=row.pk).update(file="")
        default_storage.delete(str(row.file))


def _promised(learner: Learner, kind: str, task: str, **fields: Any) -> DataArchive:
    User.objects.select_for_update(no_key=True).get(pk=learner.id)
    going = [Job.State.QUEUED, Job.State.RUNNING]
    if archives_of(learner.id).filter(job__state__in=going).exists():
        raise ArchiveInTheMaking("One archive of yours is being worked on already.")
    row = DataArchive(user_id=learner.id, kind=kind, **fields)
    arguments = {"archive_id": str(row.public_id)}
    row.job = accept(task=task, arguments=arguments, user_id=learner.id)
    row.save()
    return row


def _write(lease: Lease, archive_id: UUID, clock: Clock) -> None:
    row = DataArchive.objects.get(public_id=archive_id)
    with TemporaryFile() as file:
        counts = archive_writer.write(_person(row.user_id), file, now=clock())
        size = file.tell()
        file.seek(0)
        name = default_storage.save(f"archives/{new_public_id()}.zip", File(file))
    try:
        with transaction.atomic():
            finish(lease=lease, now=clock(), result={"rows": sum(counts.values())})
            DataArchive.objects.filter(pk=row.pk).update(file=name, byte_count=size, counts=counts)
    except BaseException:
        default_storage.delete(name)
        raise


def _bring(lease: Lease, archive_id: UUID, clock: Clock) -> None:
    row = DataArchive.objects.get(public_id=archive_id)
    person, ends_at = _person(row.user_id), time.monotonic() + UNIT_SECONDS
    try:
        if not row.cursor:
            archive_reader.check_empty(person)
        with default_storage.open(str(row.file)) as file, _zip(file) as archive:
            whole = max(1, sum(archive_checks.check(archive).values()))
            for at in _steps(archive, person, row):
                percent = min(99, 100 * _stored(at) // whole)
                report(lease=lease, stage="rows come back", percent=percent, now=clock())
                if time.monotonic() > ends_at:
                    raise MoreToDo
    except ReseeError as error:
        raise CannotBeDone(error.code, str(error)) from error
    with transaction.atomic():
        finish(lease=lease, now=clock(), result={"rows": whole})
        DataArchive.objects.filter(pk=row.pk).update(file="", cursor={})
        transaction.on_commit(partial(default_storage.delete, str(row.file)))


def _steps(archive: ZipFile, person: Person, row: DataArchive) -> Iterator[Cursor]:
    """Store chunk by chunk, each with the cursor behind it in one transaction."""
    at = Cursor(**row.cursor) if row.cursor else Cursor(0, 0, {})
    steps = archive_reader.read(archive, person, at)
    while True:
        with transaction.atomic():
            DataArchive.objects.select_for_update().get(pk=row.pk)
            found = next(steps, None)
            if found is None:
                return
            DataArchive.objects.filter(pk=row.pk).update(cursor=found._asdict())
        yield found


def _stored(at: Cursor) -> int:
    return sum(count for runs in at.keys.values() for _, count in runs)


@contextmanager
def _zip(file: Any) -> Iterator[ZipFile]:
    try:
        with ZipFile(file) as archive:
            yield archive
    except BadZipFile as error:
        raise ArchiveDamaged("This is no zip file, or a damaged one.") from error


def _person(user_id: int) -> Person:
    user = User.objects.get(pk=user_id)
    return Person(user.pk, user.public_id, user.email)
