"""The real model server keeps its contract, and the fake one of the tests answers alike."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from config.demo.page import textbook_page
from ocr import model_client
from ocr.model_client import Failure, Reading
from tests.ocr import images
from tests.ocr_server import fake_model_server, fake_reading, running_model_server

pytestmark = [pytest.mark.xdist_group("ocr"), pytest.mark.slow]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_model_server() as found:
        yield found


def predict(url: str, data: bytes, **query: Any) -> httpx.Response:
    return httpx.post(f"{url}/predict", params=query, content=data, timeout=60, trust_env=False)


def test_a_textbook_page_is_read_in_order(url: str) -> None:
    page = textbook_page(seed=7)
    body = predict(url, page.image_bytes).json()
    read = " ".join(body["full_text"].split())
    said = " ".join(word for word in page.words[:60])
    assert sum(word.strip(".,") in read.split() for word in said.split()) >= 50
    assert "Visitors didn't hesitate to describe the garden" in read
    assert (body["status"], body["width"], body["height"]) == ("ok", 1700, 2260)
    box = body["text_boxes"][0]
    assert box["text"] == "Unit 7"
    assert 0.9 < box["confidence"] <= 1
    assert all(0 <= x <= 1700 and 0 <= y <= 2260 for x, y in box["polygon"])


def test_the_fake_answers_in_the_same_shape(url: str) -> None:
    real = predict(url, textbook_page(seed=7).image_bytes).json()
    _, fake = fake_reading("Unit 7")
    assert _shape(fake) == _shape(real)


def _shape(body: dict[str, Any]) -> dict[str, Any]:
    box = {name: type(value) for name, value in body["text_boxes"][0].items()}
    return {name: type(value) for name, value in body.items()} | {"text_boxes": box}


def test_a_threshold_leaves_out_what_is_less_sure(url: str) -> None:
    page = textbook_page(seed=7).image_bytes
    assert predict(url, page, confidence_threshold=1).json()["text_boxes"] == []


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
    health = httpx.get(f"{url}/health", trust_env=False).json()
    assert (health["status"], health["model_loaded"]) == ("ready", True)
    assert "PP-OCRv6_small_rec" in health["version"]
    metrics = httpx.get(f"{url}/metrics", trust_env=False).text
    assert "ocr_model_loaded 1.0" in metrics
    assert 'ocr_predictions_total{outcome="ok"}' in metrics
    assert httpx.get(f"{url}/nothing", trust_env=False).status_code == 404


def test_the_client_understands_both(url: str, settings: Any) -> None:
    settings.OCR_MODEL_SERVER_URL = url
    assert "PP-OCRv6" in model_client.health()
    real = model_client.predict(images.png(), language="auto", confidence_threshold=0.5)
    assert isinstance(real, Reading)
    refused = model_client.predict(b"junk", language="auto", confidence_threshold=0.5)
    assert isinstance(refused, Failure)
    assert (refused.code, refused.is_permanent) == ("unsupported_type", True)
    with fake_model_server(lambda _: fake_reading("Unit 7")) as fake:
        settings.OCR_MODEL_SERVER_URL = fake
        read = model_client.predict(images.png(), language="auto", confidence_threshold=0.5)
    assert isinstance(read, Reading)
    assert [line.text for line in read.lines] == ["Unit 7"]
