"""Scans over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from kombu.exceptions import OperationalError

from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from config.jobs.models import Job
from ocr.models import Scan
from tests.client import ApiClient
from tests.ocr import images
from tests.ocr.conftest import Serve, read, sent
from tests.ocr_server import fake_reading


def upload(api: ApiClient, data: bytes, name: str = "page.png", **fields: Any) -> Any:
    return api.upload("/scans/", file=SimpleUploadedFile(name, data), **fields)


def test_an_upload_is_accepted_before_it_is_read(api: ApiClient, alice: User) -> None:
    answer = upload(api, images.png(), language="english", confidence_threshold="0.7")
    assert answer.status_code == 202
    scan = Scan.objects.get()
    assert answer.json()["id"] == str(scan.public_id)
    assert answer.json()["links"]["self"] == answer["Location"]
    assert answer["Location"].endswith(f"/api/v1/scans/{scan.public_id}/")
    assert (scan.user, scan.language, scan.confidence_threshold) == (alice, "english", 0.7)
    assert default_storage.open(scan.file.name or "").read() == images.png()


BAD = {
    "empty": (b"", 422, "empty_file"),
    "text named .png": (b"I am not an image", 415, "unsupported_type"),
    "svg": (images.SVG, 415, "unsupported_type"),
    "truncated jpeg": (images.truncated_jpeg(), 422, "damaged_image"),
    "900 million pixels": (images.bomb(), 422, "bad_dimensions"),
    "25 MB": (images.png() + bytes(25 * 1024 * 1024), 413, "too_large"),
    "20 MB and a little": (images.png() + bytes(20 * 1024 * 1024), 413, "too_large"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.asvs("5.2.1", "pages of 20 MB and 40 million pixels, PDFs of 50 pages")
@pytest.mark.asvs("5.2.2", "what its bytes do not show is refused, whatever its name says")
def test_a_bad_upload_is_refused_with_its_reason(api: ApiClient, case: str) -> None:
    data, status, code = BAD[case]
    answer = upload(api, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["errors"][0]["field"] == "file"
    assert not Scan.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize("data", [images.cmyk_jpeg(), images.sixteen_bit_png()])
def test_an_unusual_upload_is_accepted(api: ApiClient, data: bytes) -> None:
    assert upload(api, data).status_code == 202


@pytest.mark.parametrize(
    ("field", "value"),
    [("language", "elvish"), ("confidence_threshold", "1.5"), ("confidence_threshold", "nan")],
)
def test_an_unknown_wish_is_refused(api: ApiClient, field: str, value: str) -> None:
    answer = upload(api, images.png(), **{field: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_a_form_without_a_file_is_refused(api: ApiClient) -> None:
    assert api.upload("/scans/", language="auto").json()["errors"][0]["field"] == "file"
    assert api.post("/scans/", {"file": "x"}).status_code == 415


def test_the_dispatch_waits_for_the_commit(
    api: ApiClient, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_tasks: list[str] = []
    monkeypatch.setattr(
        "config.jobs.dispatch.current_app.send_task", lambda name, **_: sent_tasks.append(name)
    )
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        upload(api, images.png())
    assert sent_tasks == []
    for callback in callbacks:
        callback()
    assert sent_tasks == ["ocr.tasks.read_scan"]


def test_an_upload_is_not_lost_while_the_broker_is_away(
    api: ApiClient, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("config.jobs.dispatch.current_app.send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        assert upload(api, images.png()).status_code == 202
    assert Job.objects.get().state == Job.State.QUEUED
    assert Job.objects.get().heartbeat_at is None


def test_a_scan_shows_how_far_it_is_then_what_was_read(
    api: ApiClient, scan: Scan, serve: Serve
) -> None:
    waiting = api.get(f"/scans/{scan.public_id}/").json()
    assert (waiting["state"], waiting["percent"], waiting["pages"]) == ("queued", 0, [])
    serve(lambda _: fake_reading("He was reluctant."))
    read(scan)
    done = api.get(f"/scans/{scan.public_id}/").json()
    assert (done["state"], done["percent"], done["error"]) == ("succeeded", 100, None)
    (line,) = done["pages"][0]["lines"]
    assert (line["text"], len(line["polygon"])) == ("He was reluctant.", 4)
    word = next(word for word in done["words"] if word["lemma"] == "reluctant")
    assert (word["in_collection"], word["sentence"]) == (False, "He was reluctant.")


def test_a_failed_scan_says_why(api: ApiClient, scan: Scan, serve: Serve) -> None:
    serve(lambda _: (422, {"status": "failed", "code": "damaged_image", "detail": "Damaged."}))
    read(scan)
    shown = api.get(f"/scans/{scan.public_id}/").json()
    assert shown["state"] == "failed"
    assert shown["error"] == {"code": "damaged_image", "detail": "Damaged."}


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_takes_as_many_queries_for_many_as_for_one(
    api: ApiClient, learner: Learner, count: int, django_assert_num_queries: Any
) -> None:
    scans = [sent(learner, images.numbered(n)) for n in range(count)]
    with django_assert_num_queries(2):  # the token's user, the scans
        rows = api.get("/scans/").json()["results"]
    assert [row["id"] for row in rows] == [str(scan.public_id) for scan in reversed(scans)]


def test_the_detail_takes_as_many_queries_for_many_lines_as_for_one(
    api: ApiClient, scan: Scan, serve: Serve, django_assert_num_queries: Any
) -> None:
    serve(lambda _: fake_reading(*["He was reluctant to abandon the garden."] * 30))
    read(scan)
    with django_assert_num_queries(8):  # user, scan, row, lines, pages, words (three)
        assert len(api.get(f"/scans/{scan.public_id}/").json()["pages"][0]["lines"]) == 30


def test_a_scan_is_nobody_elses(bobs_api: ApiClient, scan: Scan, anonymous: Client) -> None:
    path = f"/scans/{scan.public_id}/"
    answers = [bobs_api.get(path), bobs_api.delete(path), bobs_api.post(f"{path}retry/")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert bobs_api.get("/scans/").json()["results"] == []
    assert bobs_api.get(f"/scans/{uuid4()}/").json() == bobs_api.get(path).json()
    assert anonymous.get(f"/api/v1{path}").status_code == 401
    assert anonymous.post("/api/v1/scans/").status_code == 401
    assert Scan.objects.filter(pk=scan.pk).exists()


def test_a_deleted_scan_takes_its_file_along(
    api: ApiClient, scan: Scan, serve: Serve, django_capture_on_commit_callbacks: Any
) -> None:
    serve(lambda _: fake_reading("He was reluctant."))
    read(scan)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"/scans/{scan.public_id}/").status_code == 204
    assert api.get(f"/scans/{scan.public_id}/").status_code == 404
    assert not Job.objects.exists()
    assert not default_storage.exists(scan.file.name or "")


def test_a_file_stays_while_somebody_else_has_it_too(
    api: ApiClient, scan: Scan, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    other = sent(learner_of(bob))
    assert other.file.name == scan.file.name
    with django_capture_on_commit_callbacks(execute=True):
        api.delete(f"/scans/{scan.public_id}/")
    assert default_storage.exists(other.file.name or "")


def test_a_failed_scan_is_read_again_on_request(api: ApiClient, scan: Scan, serve: Serve) -> None:
    Job.objects.update(state=Job.State.FAILED, attempts=4)
    answer = api.post(f"/scans/{scan.public_id}/retry/")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    serve(lambda _: fake_reading("He was reluctant."))
    scan.refresh_from_db()
    assert read(scan).job.state == Job.State.SUCCEEDED
    assert Job.objects.count() == 1


@pytest.mark.parametrize("state", [Job.State.QUEUED, Job.State.RUNNING, Job.State.SUCCEEDED])
def test_only_a_failed_scan_is_read_again(api: ApiClient, scan: Scan, state: Job.State) -> None:
    Job.objects.update(state=state)
    answer = api.post(f"/scans/{scan.public_id}/retry/")
    assert (answer.status_code, answer.json()["code"]) == (409, "scan_not_failed")
