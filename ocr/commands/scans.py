"""What a learner does with a scan: send it, send it again, throw it away. Reading: ``reading``."""

from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.queries.learners import Learner
from config.errors import Conflict
from config.jobs.dispatch import accept, admit
from config.jobs.models import Job
from ocr import pages, storage
from ocr.access import scan_of, scans_of
from ocr.commands.files import discard_unused
from ocr.commands.reading import TASK
from ocr.models import Scan
from ocr.options import ReadingOptions

ATTEMPTS_MAX = 4


class NotFailed(Conflict):
    """Only a scan that has failed is read again."""

    code = "scan_not_failed"


def accept_scan(*, learner: Learner, data: bytes, file_name: str, options: ReadingOptions) -> Scan:
    """Store the upload and promise to read it; the classes of ``ocr.pages`` say why not.

    The same file of the same learner, to be read in the same way, is the scan that is there: it is
    not read twice, unless it failed. Raises QueueFull.
    """
    admit(task=TASK)
    upload = pages.check(data)
    sha256 = storage.sha256_of(data)
    name = storage.original_name(sha256, upload.extension)
    storage.keep(data, name)  # before the transaction: a slow storage holds no lock
    with storage.held(sha256):
        # whoever discarded it meanwhile did so before this lock, and leaves it alone from now on
        transaction.on_commit(partial(storage.keep, data, name))
        if scan := _same(learner, sha256, options):
            _begin_again(scan, name)
            return scan
        scan = Scan(
            user_id=learner.id,
            file=name,
            file_name=file_name[:200],
            sha256=sha256,
            media_type=upload.media_type,
            byte_count=len(data),
            page_count=upload.page_count,
            **asdict(options),
        )
        scan.job = _job(scan)
        scan.save()
    return scan


def _same(learner: Learner, sha256: str, options: ReadingOptions) -> Scan | None:
    """Return the learner's scan of this file, its job locked before it as whoever reads does."""
    scans = scans_of(learner).filter(sha256=sha256, **asdict(options))
    Job.objects.select_for_update().filter(pk__in=scans.values("job")).first()
    return scans.select_related("job").order_by("-id").first()


def _begin_again(scan: Scan, name: str) -> None:
    """Give back the original, should it have been too old to be kept; read again what failed."""
    Scan.objects.filter(pk=scan.pk).update(file=name)
    scan.file.name = name
    if scan.job.state == Job.State.FAILED:
        _read_again(scan, scan.job)


def retry_scan(*, learner: Learner, scan_id: UUID) -> Scan:
    """Read the pages of a failed scan that are not there, as a new job; NotFailed, QueueFull."""
    admit(task=TASK)
    return _retry(learner, scan_id)


@transaction.atomic
def _retry(learner: Learner, scan_id: UUID) -> Scan:
    scan = scan_of(learner, scan_id)
    failed = Job.objects.select_for_update().filter(pk=scan.job_id, state=Job.State.FAILED).first()
    if failed is None:
        raise NotFailed("This scan has not failed: there is nothing to try again.")
    _read_again(scan, failed)
    return scan


def delete_scan(*, learner: Learner, scan_id: UUID) -> None:
    """Delete the scan with all that was read on it, and the file if it is nobody else's too."""
    with transaction.atomic():
        scan = scan_of(learner, scan_id)
        # the job first, as whoever stores a page does: else the two wait for each other
        job = Job.objects.select_for_update().get(pk=scan.job_id)
        scan.delete()
        job.delete()
        # a lock of its own after the commit: whoever sends the same file now keeps it
        transaction.on_commit(partial(discard_unused, sha256=scan.sha256, name=str(scan.file)))


def _read_again(scan: Scan, failed: Job) -> None:
    scan.pages.exclude(error_code="").delete()
    scan.job = _job(scan)
    scan.save(update_fields=["job"])
    failed.delete()


def _job(scan: Scan) -> Job:
    arguments: dict[str, Any] = {"scan_id": str(scan.public_id)}
    return accept(task=TASK, arguments=arguments, user_id=scan.user_id, attempts_max=ATTEMPTS_MAX)
