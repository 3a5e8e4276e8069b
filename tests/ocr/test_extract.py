"""Reading in one call, and progress as it happens."""

import time
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore
from typing import Any

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.jobs.models import Job
from ocr import places
from ocr.api import events, extract
from ocr.models import Scan
from tests.client import ApiClient
from tests.ocr import images
from tests.ocr.conftest import Serve, read
from tests.ocr_server import fake_reading


@pytest.fixture(autouse=True)
def nobody_listens_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests before this one may have left streams open, which a server always closes."""
    monkeypatch.setattr(events, "_streams", BoundedSemaphore(events.STREAMS_MAX))


def send(api: ApiClient, path: str) -> Any:
    return api.upload(path, file=SimpleUploadedFile("page.png", images.png()))


def test_extract_makes_a_scan(api: ApiClient) -> None:
    answer = send(api, "/ocr/extract/")
    assert answer.status_code == 202
    assert answer["Location"].endswith(f"/api/v1/scans/{Scan.objects.get().public_id}/")


def test_what_is_read_in_time_is_the_answer(
    api: ApiClient, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(lambda _: fake_reading("He was reluctant."))
    monkeypatch.setattr(places, "pause", lambda _: read(Scan.objects.get()))
    answer = send(api, "/ocr/extract/sync/")
    assert (answer.status_code, answer.json()["state"]) == (200, "succeeded")
    assert answer.json()["pages"][0]["full_text"] == "He was reluctant."


def test_what_takes_longer_is_a_scan_to_ask_about(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "WAIT_SECONDS", -1)
    answer = send(api, "/ocr/extract/sync/")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")


def test_a_fifth_does_not_wait(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "pause", lambda _: pytest.fail("it waits"))
    taken = [places.place("extract", count=4, seconds=30) for _ in range(4)]
    assert [place.__enter__() for place in taken] == [True] * 4
    try:
        assert send(api, "/ocr/extract/sync/").status_code == 202
    finally:
        for place in taken:
            place.__exit__(None, None, None)
    with places.place("extract", count=4, seconds=30) as has_place:
        assert has_place


def test_a_place_whose_process_died_is_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = places.place("dying", count=1, seconds=1)
    assert dead.__enter__()
    monkeypatch.setattr(places, "time", lambda: time.time() + 2)
    with places.place("dying", count=1, seconds=1) as has_place:
        assert has_place


def told(answer: Any) -> list[tuple[str, Any]]:
    blocks = b"".join(answer.streaming_content).decode().split("\n\n")
    lines = [block.split("\n") for block in blocks if block.startswith("event: ")]
    return [(name[7:], orjson.loads(data[6:])) for name, data in lines]


def test_progress_is_told_as_it_happens(
    api: ApiClient, scan: Scan, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(lambda _: fake_reading("He was reluctant."))
    steps: Iterator[Callable[[], Any]] = iter(
        [
            lambda: Job.objects.update(state=Job.State.RUNNING, stage="reading", percent=10),
            lambda: None,
            lambda: (Job.objects.update(state=Job.State.QUEUED), read(scan)),
        ]
    )
    monkeypatch.setattr(places, "pause", lambda _: next(steps)())
    answer = api.get(f"/scans/{scan.public_id}/events/")
    assert answer["Content-Type"] == "text/event-stream"
    heard = told(answer)
    assert [(name, data["state"], data["percent"]) for name, data in heard] == [
        ("progress", "queued", 0),
        ("progress", "running", 10),
        ("progress", "succeeded", 100),
        ("end", "succeeded", 100),
    ]
    assert heard[-1][1]["pages_read"] == 1


def test_a_silent_stream_shows_that_it_lives_then_ends(
    api: ApiClient, scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", -1.0)
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.05)
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.02)
    stream = b"".join(api.get(f"/scans/{scan.public_id}/events/").streaming_content)
    assert b"\n\n: still here\n\n" in stream
    assert b"event: end" not in stream


def test_few_listen_at_once_and_a_place_comes_back(api: ApiClient, scan: Scan) -> None:
    path = f"/scans/{scan.public_id}/events/"
    open_ones = [api.get(path) for _ in range(events.STREAMS_MAX)]
    refused = api.get(path)
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    for answer in open_ones:
        answer.close()
    api.get(path).close()
