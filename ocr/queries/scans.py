"""How far a learner's scans are and what was read on them."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.queries.learners import Learner
from config.jobs.models import Job
from ocr.access import scan_of, scans_of
from ocr.models import Page, Scan, TextLine
from ocr.queries.words import words_of_scan

Row = dict[str, Any]
_FIELDS = (
    "id", "public_id", "file_name", "media_type", "byte_count", "language",
    "confidence_threshold", "use_angle_cls", "mode", "rotate", "crop", "page_count", "created_at",
    "job__state", "job__stage", "job__percent", "job__error_code", "job__error_detail",
    "job__finished_at", "file",
)  # fmt: skip
_LINE_FIELDS = ("position", "text", "confidence", "polygon", "problem")
_PAGE_FIELDS = (
    "number", "width", "height", "full_text", "engine_version", "read_ms", "quarter_turns",
    "error_code", "error_detail",
)  # fmt: skip


def scan_rows(learner: Learner) -> QuerySet[Scan, Row]:
    """Return the learner's scans as rows for ``shown``, to be ordered and cut."""
    rows: QuerySet[Scan, Row] = scans_of(learner).values(*_FIELDS)
    return rows


def shown(row: Row) -> Row:
    """Return a row as the learner sees it; ``error`` may be that of a try to be repeated."""
    error = {"code": row["job__error_code"], "detail": row["job__error_detail"]}
    return {
        "id": row["public_id"],
        "state": row["job__state"],
        "stage": row["job__stage"],
        "percent": row["job__percent"],
        "error": error if error["code"] else None,
        "finished_at": row["job__finished_at"],
        "has_original": bool(row["file"]),
        **{name: row[name] for name in _FIELDS[2:13]},
    }


def scan_detail(learner: Learner, scan_id: UUID) -> Row:
    """Return the scan with its pages, their lines, and its words; ScanNotFound. Five queries."""
    scan = scan_of(learner, scan_id)
    row = scan_rows(learner).get(pk=scan.pk)
    return {**shown(row), "pages": _pages(scan), "words": words_of_scan(learner, scan)}


def progress(learner: Learner, scan_id: UUID) -> Row:
    """Return how far the scan is: state, stage, percent, pages read and all; ScanNotFound."""
    scan = scan_of(learner, scan_id)
    job = scan.job
    return {
        "state": job.state,
        "stage": job.stage,
        "percent": job.percent,
        "pages_read": scan.pages.count(),
        "page_count": scan.page_count,
        "error": {"code": job.error_code, "detail": job.error_detail} if job.error_code else None,
    }


def has_ended(scan: Scan) -> bool:
    """Tell whether the scan has succeeded or failed; one that is gone has."""
    unfinished = [Job.State.QUEUED, Job.State.RUNNING]
    return not Scan.objects.filter(pk=scan.pk, job__state__in=unfinished).exists()


def _pages(scan: Scan) -> list[Row]:
    lines: dict[int, list[Row]] = defaultdict(list)
    found = TextLine.objects.filter(page__scan=scan).order_by("page", "position")
    for page_id, *line in found.values_list("page_id", *_LINE_FIELDS):
        lines[page_id].append(dict(zip(_LINE_FIELDS, line, strict=True)))
    pages = Page.objects.filter(scan=scan).order_by("number")
    return [
        _page(dict(zip(_PAGE_FIELDS, page, strict=True)), lines[page_id])
        for page_id, *page in pages.values_list("id", *_PAGE_FIELDS)
    ]


def _page(page: Row, lines: list[Row]) -> Row:
    error = {"code": page.pop("error_code"), "detail": page.pop("error_detail")}
    return {**page, "error": error if error["code"] else None, "lines": lines}
