"""The real model server keeps its contract, and the fake one of the tests answers alike."""

import io
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from accounts.queries.learners import Learner
from config.demo.page import textbook_page
from config.embedded import models
from config.settings import home
from ocr import model_client
from ocr.model_client import Failure, Reading
from ocr.options import ReadingOptions
from tests.ocr import images, pdfs
from tests.ocr.conftest import read, sent
from tests.ocr_server import (
    fake_model_server,
    fake_reading,
    free_port,
    running_model_server,
    start_model_server,
    wait_until_ready,
)

pytestmark = [pytest.mark.xdist_group("ocr"), pytest.mark.slow]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_model_server() as found:
        yield found


def predict(url: str, data: bytes, **query: Any) -> httpx.Response:
    return httpx.post(f"{url}/predict", params=query, content=data, timeout=60, trust_env=False)


@pytest.fixture(scope="module")
def reading(url: str) -> dict[str, Any]:
    """What the server says of the textbook page."""
    body: dict[str, Any] = predict(url, textbook_page(seed=7).image_bytes).json()
    return body


def test_a_textbook_page_is_read_in_order(reading: dict[str, Any]) -> None:
    read = " ".join(reading["full_text"].split())
    words = textbook_page(seed=7).words
    assert sum(word in read for word in words) >= 0.98 * len(words)
    assert "Visitors didn't hesitate to describe the garden as a miracle" in read


def test_a_line_says_where_it_stands(reading: dict[str, Any]) -> None:
    assert (reading["status"], reading["width"], reading["height"]) == ("ok", 1700, 2260)
    box = reading["text_boxes"][0]
    assert box["text"] == "Unit 7"
    assert 0.9 < box["confidence"] <= 1
    assert all(0 <= x <= 1700 and 0 <= y <= 2260 for x, y in box["polygon"])


def test_the_fake_answers_in_the_same_shape(reading: dict[str, Any]) -> None:
    _, fake = fake_reading("Unit 7")
    assert _shape(fake) == _shape(reading)


def _shape(body: dict[str, Any]) -> dict[str, Any]:
    box = {name: type(value) for name, value in body["text_boxes"][0].items()}
    return {name: type(value) for name, value in body.items()} | {"text_boxes": box}


def test_a_threshold_leaves_out_what_is_less_sure(url: str) -> None:
    photo = Image.open(io.BytesIO(textbook_page(seed=7).image_bytes))
    top = images.encoded(photo.crop((0, 0, 1700, 500)), "JPEG")
    counts = [
        len(predict(url, top, confidence_threshold=asked).json()["text_boxes"])
        for asked in (0.5, 1)
    ]
    assert counts[0] >= 2
    assert counts[1] == 0


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"junk", 422, "unsupported_type"),
        (b"", 422, "empty_file"),
        (images.truncated_jpeg(), 422, "damaged_image"),
        (images.bomb(), 422, "bad_dimensions"),
        (images.png() + bytes(25 * 1024 * 1024), 413, "too_large"),
    ],
)
def test_what_is_no_page_is_refused(url: str, data: bytes, status: int, code: str) -> None:
    answer = predict(url, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["status"] == "failed"


@pytest.mark.parametrize("query", [{"language": "klingon"}, {"confidence_threshold": "much"}])
def test_an_unknown_wish_is_refused(url: str, query: dict[str, str]) -> None:
    assert predict(url, images.png(), **query).status_code == 422


def test_an_empty_page_is_read(url: str) -> None:
    body = predict(url, images.encoded(images.drawn((16, 3000)))).json()
    assert (body["status"], body["text_boxes"], body["full_text"]) == ("ok", [], "")


def test_health_and_metrics_tell_the_truth(url: str) -> None:
    predict(url, images.png())
    health = httpx.get(f"{url}/health", trust_env=False).json()
    assert (health["status"], health["model_loaded"]) == ("ready", True)
    assert "PP-OCRv6_small_rec" in health["version"]
    metrics = httpx.get(f"{url}/metrics", trust_env=False).text
    assert f'ocr_model_loaded{{version="{health["version"]}"}} 1.0' in metrics
    assert f'ocr_predictions_total{{outcome="ok",version="{health["version"]}"}}' in metrics
    assert httpx.get(f"{url}/nothing", trust_env=False).status_code == 404


def test_the_client_understands_both(url: str, settings: Any) -> None:
    settings.OCR_MODEL_SERVER_URL = url
    assert "PP-OCRv6" in model_client.health()
    real = model_client.predict(images.png(), ReadingOptions())
    assert isinstance(real, Reading)
    refused = model_client.predict(b"junk", ReadingOptions())
    assert isinstance(refused, Failure)
    assert (refused.code, refused.is_permanent) == ("unsupported_type", True)
    with fake_model_server(lambda _: fake_reading("Unit 7")) as fake:
        settings.OCR_MODEL_SERVER_URL = fake
        read = model_client.predict(images.png(), ReadingOptions())
    assert isinstance(read, Reading)
    assert [line.text for line in read.lines] == ["Unit 7"]


def test_a_stopped_server_leaves_no_process() -> None:
    process = start_model_server(free_port())
    while not (children := _children(process.pid)):
        assert process.poll() is None
    process.terminate()
    process.wait(10)
    while any(
        Path(f"/proc/{pid}").exists() for pid in children
    ):  # else pytest's time limit ends it
        time.sleep(0.05)


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_process_that_has_grown_is_replaced_and_no_page_is_lost(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCR_MODEL_SERVER_MEMORY_MB", "1")  # every page is too much
    with running_model_server() as server:
        settings.OCR_MODEL_SERVER_URL = server
        readings = [model_client.predict(images.png(), ReadingOptions()) for _ in range(3)]
        assert [type(reading) for reading in readings] == [Reading] * 3


@pytest.mark.django_db
def test_a_scan_outlives_the_model_server_and_no_page_is_doubled(
    learner: Learner, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    url = settings.OCR_MODEL_SERVER_URL = f"http://127.0.0.1:{port}"
    page = Image.open(io.BytesIO(textbook_page().image_bytes)).convert("RGB")
    scan = sent(learner, pdfs.scanned_pdf(page, page, page))
    models.provision(home.home(), lambda _: None)
    first = start_model_server(port)
    asked: list[int] = []
    in_the_second_page = threading.Timer(0.3, _kill, [first])
    monkeypatch.setattr(model_client, "predict", _counted(asked, in_the_second_page.start))
    try:
        wait_until_ready(url, first)
        assert read(scan).job.state == "queued"
    finally:
        _kill(first)
    assert list(scan.pages.values_list("number", flat=True)) == [1]
    second = start_model_server(port)
    try:
        wait_until_ready(url, second)
        assert read(scan).job.state == "succeeded"
    finally:
        _kill(second)
        model_client.disconnect(url)
    lines = Counter(scan.pages.filter(lines__isnull=False).values_list("number", flat=True))
    assert set(lines) == {1, 2, 3}
    assert (lines[1], len(asked)) == (lines[2], 4)


def _counted(asked: list[int], at_the_second: Callable[[], None]) -> Any:
    ask = model_client.predict

    def predict(data: bytes, options: ReadingOptions) -> Reading | Failure:
        asked.append(len(asked))
        if len(asked) == 2:
            at_the_second()
        return ask(data, options)

    return predict


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    pids: list[int] = [int(pid) for pid in _children(process.pid)]
    for pid in (*pids, process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(60)  # a busy disk can hold it
