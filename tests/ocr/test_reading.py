"""From the upload to the words."""

from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage

from config.jobs.models import Job
from ocr.models import Page, Scan, TextLine, Word
from ocr.tasks import read_scan
from tests.ocr.conftest import Serve, read
from tests.ocr_server import fake_reading

TEXT = ("The lighthouse keeper was reluctant", "to abandon the garden.")


def test_a_scan_is_read_and_its_words_are_found(scan: Scan, serve: Serve) -> None:
    serve(lambda _: fake_reading(*TEXT))
    done = read(scan)
    assert (done.job.state, done.job.percent, done.job.attempts) == ("succeeded", 100, 1)
    assert [line.text for line in TextLine.objects.order_by("position")] == list(TEXT)
    reluctant = Word.objects.get(lemma="reluctant")
    assert (reluctant.line.position, reluctant.level) == (0, "B2")
    assert (done.pages.get().width, done.pages.get().engine_version) == (500, "fake")


def test_the_model_server_gets_the_file_and_what_was_asked(scan: Scan, serve: Serve) -> None:
    received: list[bytes] = []
    serve(lambda body: received.append(body) or fake_reading())  # type: ignore[func-returns-value]
    read(scan)
    assert received == [default_storage.open(scan.file.name or "").read()]


def test_a_page_without_text_is_read_all_the_same(scan: Scan, serve: Serve) -> None:
    serve(lambda _: fake_reading())
    assert read(scan).job.state == Job.State.SUCCEEDED
    assert Page.objects.get().full_text == ""


def test_a_second_delivery_does_nothing(scan: Scan, serve: Serve) -> None:
    calls: list[bytes] = []
    serve(lambda body: calls.append(body) or fake_reading(*TEXT))  # type: ignore[func-returns-value]
    read(scan)
    assert read(scan).job.attempts == 1
    assert len(calls) == 1
    assert Page.objects.count() == 1


def test_a_page_is_stored_whole_or_not_at_all(scan: Scan, serve: Serve) -> None:
    serve(lambda _: fake_reading(*TEXT))
    with (
        patch.object(Word.objects, "bulk_create", side_effect=RuntimeError("the disk is gone")),
        pytest.raises(RuntimeError),
    ):
        read(scan)
    scan.job.refresh_from_db()
    assert (scan.job.state, scan.job.error_code) == ("queued", "error")
    assert not Page.objects.exists()
    assert read(scan).job.state == Job.State.SUCCEEDED


def test_a_refused_image_ends_the_scan_with_the_reason(scan: Scan, serve: Serve) -> None:
    serve(lambda _: (422, {"status": "failed", "code": "damaged_image", "detail": "Damaged."}))
    job = read(scan).job
    assert (job.state, job.error_code, job.error_detail) == ("failed", "damaged_image", "Damaged.")


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_server_in_trouble_is_asked_again_later(scan: Scan, serve: Serve, status: int) -> None:
    serve(lambda _: (status, {"status": "failed", "code": "x", "detail": "x"}))
    job = read(scan).job
    assert (job.state, job.error_code) == ("queued", "model_server_unavailable")


@pytest.mark.parametrize("body", [{}, {"text_boxes": [{}]}, {"text_boxes": None}])
def test_an_answer_that_makes_no_sense_is_asked_again(scan: Scan, serve: Serve, body: Any) -> None:
    serve(lambda _: (200, body))
    assert read(scan).job.state == Job.State.QUEUED


def test_an_absent_server_is_asked_again_until_the_attempts_end(scan: Scan, settings: Any) -> None:
    settings.OCR_MODEL_SERVER_URL = "http://127.0.0.1:9"  # nobody listens
    states = [read(scan).job.state for _ in range(5)]
    assert states == ["queued", "queued", "queued", "failed", "failed"]
    scan.job.refresh_from_db()
    assert (scan.job.attempts, scan.job.error_code) == (4, "model_server_unavailable")


def test_a_lost_file_ends_the_scan(scan: Scan) -> None:
    default_storage.delete(scan.file.name or "")
    assert read(scan).job.error_code == "file_missing"


def test_what_was_deleted_meanwhile_is_not_stored(scan: Scan, serve: Serve) -> None:
    serve(lambda _: fake_reading(*TEXT))
    with patch("ocr.commands.reading.words_of", side_effect=lambda _: _delete(scan)):
        read_scan(job_id=str(scan.job.public_id), scan_id=str(scan.public_id))
    assert not Page.objects.exists()


def _delete(scan: Scan) -> list[Any]:
    Scan.objects.filter(pk=scan.pk).delete()
    Job.objects.filter(pk=scan.job_id).delete()
    return []


def test_a_task_survives_a_field_it_does_not_know(scan: Scan, serve: Serve) -> None:
    serve(lambda _: fake_reading(*TEXT))
    read_scan(job_id=str(scan.job.public_id), scan_id=str(scan.public_id), page="1")
    scan.job.refresh_from_db()
    assert scan.job.state == Job.State.SUCCEEDED
