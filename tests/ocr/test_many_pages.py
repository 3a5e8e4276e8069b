"""A PDF of several pages: read page by page, kept page by page."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.queries.learners import Learner
from config.jobs import leases
from config.jobs.models import Job
from ocr.commands import reading
from ocr.commands.scans import retry_scan
from ocr.models import Scan
from tests.client import ApiClient
from tests.ocr import images, pdfs
from tests.ocr.conftest import Serve, read, sent
from tests.ocr_server import Answer, fake_model_server, fake_reading

SCANNED = [images.drawn((300, 400)) for _ in range(3)]
BROKEN: Answer = (500, {"status": "failed", "code": "engine_failed", "detail": "x"})
AWAY: Answer = (503, {"status": "failed", "code": "unavailable", "detail": "x"})


class Server:
    """Answers each page with the next of its answers, the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, _: bytes) -> Answer:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def numbers(scan: Scan) -> list[int]:
    return list(scan.pages.order_by("number").values_list("number", flat=True))


@pytest.fixture
def scan(learner: Learner) -> Scan:
    """Three scanned pages in a PDF."""
    return sent(learner, pdfs.scanned_pdf(*SCANNED))


def test_every_page_is_read_and_its_progress_told(
    api: ApiClient, scan: Scan, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str]] = []

    def report(**fields: Any) -> None:
        told.append((fields["percent"], fields["stage"]))
        leases.report(**fields)

    monkeypatch.setattr(reading, "report", report)
    serve(Server(fake_reading("He was reluctant.")))
    assert api.get(f"/scans/{scan.public_id}/").json()["page_count"] == 3
    assert read(scan).job.state == Job.State.SUCCEEDED
    doings = "reading the text", "finding the words"
    assert told == [
        (percent, f"page {number} of 3: {doing}")
        for number, percent in ((1, 5), (2, 35), (3, 65))
        for doing in doings
    ]
    done = api.get(f"/scans/{scan.public_id}/").json()
    assert [page["number"] for page in done["pages"]] == [1, 2, 3]


def test_a_page_with_text_of_its_own_is_not_recognised(learner: Learner, serve: Serve) -> None:
    server = Server(fake_reading("x"))
    serve(server)
    scan = read(sent(learner, pdfs.text_pdf(["He was reluctant to abandon the garden."], ["7"])))
    assert (scan.job.state, server.asked) == (Job.State.SUCCEEDED, 1)
    first = scan.pages.get(number=1)
    assert (first.full_text, first.engine_version) == (
        "He was reluctant to abandon the garden.",
        reading.PDF_TEXT,
    )
    (line,) = first.lines.all()
    assert all(0 <= x <= first.width and 0 <= y <= first.height for x, y in line.polygon)
    assert first.words.filter(lemma="reluctant").exists()


def test_a_page_that_cannot_be_read_leaves_the_others(
    api: ApiClient, learner: Learner, scan: Scan, serve: Serve
) -> None:
    refused: Answer = (422, {"status": "failed", "code": "damaged_image", "detail": "Damaged."})
    serve(Server(fake_reading("one"), refused, fake_reading("three")))
    job = read(scan).job
    assert (job.state, job.error_code) == ("failed", "pages_failed")
    assert job.error_detail == "Not read: page 2. Damaged. The other pages are there."
    pages = api.get(f"/scans/{scan.public_id}/").json()["pages"]
    assert [page["full_text"] for page in pages] == ["one", "", "three"]
    assert [page["error"] and page["error"]["code"] for page in pages] == [
        None,
        "damaged_image",
        None,
    ]
    again = Server(fake_reading("two"))
    serve(again)
    retry_scan(learner=learner, scan_id=scan.public_id)
    scan.refresh_from_db()
    assert (read(scan).job.state, again.asked) == ("succeeded", 1)


def test_a_page_the_engine_fails_on_is_left_out_in_the_end(scan: Scan, serve: Serve) -> None:
    server = Server(fake_reading("one"), *[BROKEN] * 4, fake_reading("three"))
    serve(server)
    states = [read(scan).job.state for _ in range(4)]
    assert states == ["queued", "queued", "queued", "failed"]
    assert numbers(scan) == [1, 2, 3]
    assert scan.pages.get(error_code="engine_failed").number == 2
    assert server.asked == 6


def test_pages_that_are_there_are_not_read_again(scan: Scan, serve: Serve) -> None:
    server = Server(fake_reading("one"), AWAY, fake_reading("two"), fake_reading("three"))
    serve(server)
    assert read(scan).job.state == Job.State.QUEUED
    assert numbers(scan) == [1]
    assert read(scan).job.state == Job.State.SUCCEEDED
    assert (numbers(scan), server.asked) == ([1, 2, 3], 4)


def test_a_unit_hands_the_rest_on(
    scan: Scan, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "UNIT_SECONDS", -1.0)  # every unit is over before it begins
    serve(Server(fake_reading("x")))
    job = read(scan).job
    assert (job.state, job.attempts, numbers(scan)) == ("queued", 0, [])
    monkeypatch.setattr(reading, "UNIT_SECONDS", 10.0)
    assert read(scan).job.state == Job.State.SUCCEEDED


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdfs.text_pdf(["locked"], encrypt=True), "encrypted_pdf"),
        (pdfs.text_pdf(*[["x"]] * 51), "too_many_pages"),
        (b"%PDF-1.4\n" + bytes(100), "damaged_pdf"),
    ],
    ids=["encrypted", "51 pages", "damaged"],
)
def test_a_pdf_that_cannot_be_read_is_refused(api: ApiClient, data: bytes, code: str) -> None:
    answer = api.upload("/scans/", file=SimpleUploadedFile("a.pdf", data))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_what_was_asked_is_handed_to_the_model_server(
    api: ApiClient, settings: Any, learner: Learner
) -> None:
    asked: list[dict[str, str]] = []
    wish: dict[str, Any] = {
        "language": "korean",
        "mode": "highlight",
        "rotate": 270,
        "use_angle_cls": False,
    }
    scan = sent(learner, confidence_threshold=0.25, **wish)
    with fake_model_server(lambda _: fake_reading("x"), queries=asked) as url:
        settings.OCR_MODEL_SERVER_URL = url
        read(scan)
    shown = api.get(f"/scans/{scan.public_id}/").json()
    assert {name: shown[name] for name in wish} == wish
    assert asked == [
        {"language": "korean", "mode": "highlight", "rotate": "270", "use_angle_cls": "false",
         "confidence_threshold": "0.25"}
    ]  # fmt: skip
