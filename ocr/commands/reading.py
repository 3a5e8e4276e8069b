"""Reading a scan page by page: each page is stored whole or not at all, and never read twice.

One delivery of the task reads for UNIT_SECONDS and hands the rest on. What is stored stays when a
later page fails, a worker dies or the model server is away.
"""

import time
from functools import partial
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from config.errors import Invalid, Unavailable
from config.jobs.leases import Clock, Lease, finish, report
from config.jobs.models import Job
from config.jobs.work import CannotBeDone, MoreToDo, TryAgainLater, do_unit
from ocr import metrics, model_client, page_images, storage
from ocr.model_client import Failure, Reading
from ocr.models import Page, Scan, TextLine, Word
from ocr.text_lines import Line, full_text
from ocr.words import FoundWord, LineText, words_of

UNIT_SECONDS = 10.0  # a page that is begun then takes some seconds more
PDF_TEXT = "text of the PDF"  # instead of an engine's version
TASK = "ocr.tasks.read_scan"
COPIES_TASK = "ocr.tasks.make_copies"

log = structlog.get_logger(__name__)


def read_scan(*, job_id: UUID, scan_id: UUID, clock: Clock) -> None:
    """Read the scan, unless another delivery does or has; it ends as its job says."""
    do_unit(job_id=job_id, work=partial(_read, scan_id=scan_id, clock=clock), clock=clock)


def is_wanted() -> bool:
    """Tell whether a scan waits to be read, or is being read."""
    unfinished = [Job.State.QUEUED, Job.State.RUNNING]
    return Job.objects.filter(task=TASK, state__in=unfinished).exists()


@metrics.READ_SECONDS.time()
def _read(lease: Lease, *, scan_id: UUID, clock: Clock) -> None:
    scan = Scan.objects.get(public_id=scan_id)
    data, began = _original(scan), time.monotonic()
    for number in _unread(scan):
        if time.monotonic() - began > UNIT_SECONDS:
            raise MoreToDo
        _tell(lease, scan, number, "reading the text", clock)
        _read_page(lease, scan, number, data, clock)
    _end(lease, scan, clock)


def _unread(scan: Scan) -> list[int]:
    known = set(scan.pages.values_list("number", flat=True))
    return [number for number in range(1, scan.page_count + 1) if number not in known]


def _tell(lease: Lease, scan: Scan, number: int, doing: str, clock: Clock) -> None:
    """Report; locks the job, so that whoever holds no lease any more stores nothing after it."""
    stage = f"page {number} of {scan.page_count}: {doing}" if scan.page_count > 1 else doing
    percent = 5 + 90 * (number - 1) // scan.page_count
    report(lease=lease, stage=stage, percent=percent, now=clock())


def _read_page(lease: Lease, scan: Scan, number: int, data: bytes, clock: Clock) -> None:
    reading = _reading(scan, number, data)
    if isinstance(reading, Failure):
        metrics.SCANS.labels(reading.code).inc()
        _refuse(lease, scan, number, reading, clock)
        return
    words = words_of(_line_texts(reading.lines))
    with transaction.atomic():
        _tell(lease, scan, number, "finding the words", clock)
        _store_page(scan, number, reading, words)


def _refuse(lease: Lease, scan: Scan, number: int, failure: Failure, clock: Clock) -> None:
    """Leave out a page that cannot be read, or raise what becomes of the whole job."""
    if not failure.is_permanent and not _is_last_try(lease, failure):
        raise TryAgainLater(failure.code, failure.detail)
    if scan.page_count == 1:
        raise CannotBeDone(failure.code, failure.detail)
    with transaction.atomic():
        _tell(lease, scan, number, "left out", clock)
        Page.objects.create(
            scan=scan,
            number=number,
            width=0,
            height=0,
            engine_version="",
            read_ms=0,
            error_code=failure.code,
            error_detail=failure.detail,
        )


def _is_last_try(lease: Lease, failure: Failure) -> bool:
    """Tell whether a page, not the server, has failed as often as a job may be tried."""
    if failure.code != model_client.ENGINE_FAILED:
        return False
    attempts = Job.objects.values_list("attempts", "attempts_max").get(public_id=lease.job_id)
    return attempts[0] >= attempts[1]


def _end(lease: Lease, scan: Scan, clock: Clock) -> None:
    transaction.on_commit(partial(_order_copies, scan))
    failed = list(scan.pages.exclude(error_code="").order_by("number"))
    if not failed:
        finish(lease=lease, now=clock())
        metrics.SCANS.labels("read").inc()
        return
    numbers = ", ".join(str(page.number) for page in failed)
    detail = f"Not read: page {numbers}. {failed[0].error_detail} The other pages are there."
    raise CannotBeDone("pages_failed", detail)


def _order_copies(scan: Scan) -> None:
    """Have the smaller pictures made; whoever asks for one before, or after a loss, makes it."""
    try:
        current_app.send_task(COPIES_TASK, kwargs={"scan_id": str(scan.public_id)}, retry=False)
    except (OperationalError, Unavailable) as error:
        log.warning("copies_not_ordered", exc_info=error)


def _original(scan: Scan) -> bytes:
    try:
        return storage.load(str(scan.file))
    except FileNotFoundError:
        metrics.SCANS.labels("file_missing").inc()
        raise CannotBeDone("file_missing", "The uploaded file is gone: send it again.") from None


def _reading(scan: Scan, number: int, data: bytes) -> Reading | Failure:
    try:
        is_whole = scan.mode == "text" and not scan.crop
        if is_whole and (stored := page_images.stored_text(data, number)):
            (width, height), lines = stored
            text = full_text(lines)
            return Reading(PDF_TEXT, width, height, 0, lines, text)
        picture = page_images.for_reading(data, number, media_type=scan.media_type)
    except Invalid as error:
        return Failure(error.code, error.detail, is_permanent=True)
    return model_client.predict(picture, scan.options)


def _line_texts(lines: list[Line]) -> list[LineText]:
    befores: list[Line | None] = [None, *lines]
    return [
        LineText(position, line.text, before is None or line.paragraph != before.paragraph)
        for position, (before, line) in enumerate(zip(befores, lines, strict=False))
    ]


def _store_page(scan: Scan, number: int, reading: Reading, words: list[FoundWord]) -> None:
    page = Page.objects.create(
        scan=scan,
        number=number,
        width=reading.width,
        height=reading.height,
        full_text=reading.full_text,
        engine_version=reading.version,
        read_ms=reading.read_ms,
        quarter_turns=reading.quarter_turns,
    )
    lines = TextLine.objects.bulk_create(
        TextLine(
            page=page,
            position=position,
            text=line.text,
            confidence=line.confidence,
            polygon=line.polygon,
            problem=line.problem,
        )
        for position, line in enumerate(reading.lines)
    )
    Word.objects.bulk_create(
        Word(
            page=page,
            line=lines[word.line_position],
            lemma=word.lemma,
            forms=list(word.forms),
            occurrence_count=word.occurrence_count,
            level=word.level,
            frequency=word.frequency,
            sentence=word.sentence,
        )
        for word in words
    )
