"""Scans that have been read, for tests that start after the reading."""

from accounts.models import User
from config.jobs.models import Job
from ocr.models import Page, Scan, TextLine, Word


def read_scan(owner: User, *pages: dict[str, str]) -> Scan:
    """Store a scan of ``owner``; each page holds its words, by lemma, with their levels."""
    job = Job.objects.create(user=owner, task="test", state=Job.State.SUCCEEDED, percent=100)
    scan = Scan.objects.create(
        user=owner, job=job, file="a.jpg", sha256="0" * 64, media_type="image/jpeg", byte_count=1
    )
    for number, words in enumerate(pages, start=1):
        _page(scan, number, words)
    return scan


def _page(scan: Scan, number: int, words: dict[str, str]) -> None:
    page = Page.objects.create(
        scan=scan, number=number, width=9, height=9, engine_version="test", read_ms=1
    )
    for position, (lemma, level) in enumerate(words.items()):
        line = TextLine.objects.create(
            page=page,
            position=position,
            text=lemma,
            confidence=0.9,
            polygon=[[0, position], [9, position], [9, position + 1], [0, position + 1]],
        )
        Word.objects.create(
            page=page,
            line=line,
            lemma=lemma,
            forms=[lemma, f"{lemma}{number}"],
            level=level,
            frequency=3.0,
            sentence=f"{lemma} stands here.",
        )
