"""Reading a scan: one page, one unit of work, stored whole or not at all."""

from functools import partial
from uuid import UUID

from django.db import transaction

from config.jobs.leases import Clock, Lease, finish, report
from config.jobs.work import CannotBeDone, TryAgainLater, do_unit
from ocr import metrics, model_client, storage
from ocr.model_client import Failure, Reading
from ocr.models import Page, Scan, TextLine, Word
from ocr.text_lines import Line
from ocr.words import FoundWord, LineText, words_of


def read_scan(*, job_id: UUID, scan_id: UUID, clock: Clock) -> None:
    """Read the scan, unless another delivery does or has; it ends as its job says."""
    do_unit(job_id=job_id, work=partial(_read, scan_id=scan_id, clock=clock), clock=clock)


@metrics.READ_SECONDS.time()
def _read(lease: Lease, *, scan_id: UUID, clock: Clock) -> None:
    scan = Scan.objects.get(public_id=scan_id)
    report(lease=lease, stage="reading the text", percent=10, now=clock())
    reading = _reading(scan)
    report(lease=lease, stage="finding the words", percent=80, now=clock())
    words = words_of(_line_texts(reading.lines))
    with transaction.atomic():
        finish(lease=lease, now=clock())
        _store_page(scan, 1, reading, words)
    metrics.SCANS.labels("read").inc()


def _reading(scan: Scan) -> Reading:
    try:
        data = storage.load(str(scan.file))
    except FileNotFoundError:
        metrics.SCANS.labels("file_missing").inc()
        raise CannotBeDone("file_missing", "The uploaded file is gone: send it again.") from None
    outcome = model_client.predict(
        data, language=scan.language, confidence_threshold=scan.confidence_threshold
    )
    if isinstance(outcome, Failure):
        metrics.SCANS.labels(outcome.code).inc()
        kind = CannotBeDone if outcome.is_permanent else TryAgainLater
        raise kind(outcome.code, outcome.detail)
    return outcome


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
    )
    lines = TextLine.objects.bulk_create(
        TextLine(
            page=page,
            position=position,
            text=line.text,
            confidence=line.confidence,
            polygon=line.polygon,
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
