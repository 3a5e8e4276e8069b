"""A large collection on its way to Anki: a job writes the package, which is kept for a week."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from accounts.queries.learners import Learner, learner
from config.identifiers import new_public_id
from config.jobs.dispatch import accept, admit
from config.jobs.leases import Clock, Lease, finish, report
from config.jobs.work import CannotBeDone, do_unit
from config.retention import kept
from review.access import CategoryNotFound, ExportNotFound, category_of
from review.import_models import Export

EXPORT_TASK = "review.tasks.export_anki"
PRUNED = 200
Write = Callable[..., int]


def request_export(*, learner: Learner, selection: dict[str, Any]) -> Export:
    """Promise a package of the selection; QueueFull, CategoryNotFound."""
    admit(task=EXPORT_TASK)
    if category_id := selection.get("category_id"):
        category_of(learner, category_id)
    with transaction.atomic():
        kept_selection = {
            name: [str(each) for each in value] if isinstance(value, list) else str(value)
            for name, value in selection.items()
        }
        row = Export(user_id=learner.id, selection=kept_selection)
        arguments = {"export_id": str(row.public_id)}
        row.job = accept(task=EXPORT_TASK, arguments=arguments, user_id=learner.id)
        row.save()
    return row


def export_anki(*, job_id: UUID, export_id: UUID, write: Write, clock: Clock) -> None:
    """Have ``write`` write the package, unless another delivery does or has; see its job."""
    work = partial(_work, export_id=export_id, write=write, clock=clock)
    do_unit(job_id=job_id, work=work, clock=clock)


def _work(lease: Lease, *, export_id: UUID, write: Write, clock: Clock) -> None:
    row = Export.objects.get(public_id=export_id)

    def tell(done: int, total: int) -> None:
        stage, percent = f"card {done} of {total}", 90 * done // max(total, 1)
        report(lease=lease, stage=stage, percent=percent, now=clock())

    with TemporaryDirectory(prefix="export-") as folder:
        package = Path(folder) / "resee.apkg"
        try:
            owner = learner(row.user_id)
            selection = {name: _ids(value) for name, value in row.selection.items()}
            count = write(owner, package, now=clock(), tell=tell, **selection)
        except CategoryNotFound as error:
            raise CannotBeDone(error.code, error.detail) from error
        with package.open("rb") as file:
            name = default_storage.save(f"exports/{new_public_id()}.apkg", File(file))
            size = file.tell()
    try:
        with transaction.atomic():
            finish(lease=lease, now=clock(), result={"cards": count})
            Export.objects.filter(pk=row.pk).update(file=name, byte_count=size)
    except BaseException:
        default_storage.delete(name)
        raise


def _ids(kept: str | list[str]) -> UUID | list[UUID]:
    return UUID(kept) if isinstance(kept, str) else [UUID(each) for each in kept]


def opened_export(row: Export) -> IO[bytes]:
    """Return the package of a finished export; ExportNotFound."""
    with suppress(FileNotFoundError):  # its week ended just now
        if row.file:
            return default_storage.open(str(row.file))
    raise ExportNotFound("This package is not ready, or its week is over.")


def prune_exports(*, now: datetime) -> None:
    """Delete the packages of exports after a week."""
    old = Export.objects.filter(created_at__lt=now - kept("imports")).exclude(file="")
    for row in old.order_by("id")[:PRUNED]:
        Export.objects.filter(pk=row.pk).update(file="")
        default_storage.delete(str(row.file))
