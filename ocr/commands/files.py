"""Files of scans: smaller copies, the end of originals, and strays that nobody owns any more."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Max

from config.errors import Invalid
from config.jobs.models import Job
from ocr import metrics, renditions, storage
from ocr.models import Scan

BATCH = 200

log = structlog.get_logger(__name__)


def make_copies(*, scan_id: UUID) -> None:
    """Make the thumbnail and a web-sized picture of each page; nothing if the scan is gone."""
    scan = Scan.objects.filter(public_id=scan_id).first()
    if scan is None:
        return
    try:
        renditions.thumbnail(scan)
        for page in scan.pages.filter(error_code="").order_by("number"):
            renditions.web_image(scan, page)
    except (FileNotFoundError, Invalid) as error:
        log.warning("no_copies", scan=str(scan_id), exc_info=error)


def discard_unused(*, sha256: str, name: str) -> None:
    """Delete a file with its copies if no scan is of it."""
    with storage.held(sha256):
        if not Scan.objects.filter(sha256=sha256).exists():
            storage.discard(sha256, name)


def prune_originals(*, now: datetime) -> None:
    """Delete originals older than their lifetime, once their copies are made; the text stays."""
    if not settings.OCR_ORIGINALS_DAYS:
        return
    born_before = now - timedelta(days=settings.OCR_ORIGINALS_DAYS)
    ended = [Job.State.SUCCEEDED, Job.State.FAILED]
    old = Scan.objects.exclude(file="").filter(created_at__lt=born_before, job__state__in=ended)
    for scan in old.order_by("id")[:BATCH]:
        make_copies(scan_id=scan.public_id)
        Scan.objects.filter(pk=scan.pk).update(file="")
        with storage.held(scan.sha256):
            if not Scan.objects.filter(file=str(scan.file)).exists():
                storage.discard_original(str(scan.file))
                metrics.FILES.labels("original_too_old").inc()


def sweep(*, now: datetime) -> None:
    """Delete files that no scan is of: what a crash between file and commit left behind."""
    for shelf in storage.shelves():
        originals, copied = storage.kept(shelf)
        owned = dict(
            Scan.objects.filter(sha256__in=originals.keys() | copied)
            .values_list("sha256")
            .annotate(name=Max("file"))
        )
        for sha256, name in originals.items():
            if owned.get(sha256) != name and not storage.is_young(name, now=now):
                _remove_stray(sha256, name)
        for sha256 in copied - originals.keys() - owned.keys():
            discard_unused(sha256=sha256, name="")


def _remove_stray(sha256: str, name: str) -> None:
    discard_unused(sha256=sha256, name=name)
    with storage.held(sha256):
        if not Scan.objects.filter(file=name).exists():
            storage.discard_original(name)
    metrics.FILES.labels("stray").inc()
