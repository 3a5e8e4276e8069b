"""The model server as the rest of the product sees it: a reading, or why there is none."""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import httpx
import structlog
from django.conf import settings

from ocr.options import ReadingOptions
from ocr.text_lines import Line

CONNECT_SECONDS = 2.0
READ_SECONDS = 60.0  # less than a task's time limit; a page takes some seconds
HEALTH_SECONDS = 1.5
ENGINE_FAILED = "engine_failed"

log = structlog.get_logger(__name__)
_clients: dict[str, httpx.Client] = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as the model server read it; ``lines`` in reading order, sizes in upright pixels.

    ``quarter_turns`` is how far it turned the page, clockwise.
    """

    version: str
    width: int
    height: int
    read_ms: int
    lines: list[Line]
    full_text: str
    quarter_turns: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """No reading; a permanent one would fail again with the same image."""

    code: str
    detail: str
    is_permanent: bool


def predict(data: bytes, options: ReadingOptions) -> Reading | Failure:
    """Have an image read. Raises nothing that has to do with the network."""
    query = asdict(options)
    try:
        answer = _client(settings.OCR_MODEL_SERVER_URL).post("/predict", params=query, content=data)
        return _reading(answer.json()) if answer.is_success else _failure(answer)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        log.warning("model_server_away", exc_info=error)
        return _away()


def health() -> str:
    """Return the version of the loaded models; raises when they are not ready."""
    answer = _client(settings.OCR_MODEL_SERVER_URL).get("/health", timeout=HEALTH_SECONDS)
    answer.raise_for_status()
    return str(answer.json()["version"])


def disconnect(url: str) -> None:
    """Close this process's connections to a server."""
    if client := _clients.pop(url, None):
        client.close()


def _client(url: str) -> httpx.Client:
    """Return this process's connections to a server: made on first use, after any fork."""
    if url not in _clients:
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        _clients[url] = httpx.Client(base_url=url, timeout=timeout, trust_env=False)
    return _clients[url]


def _reading(body: dict[str, Any]) -> Reading:
    lines = [
        Line(
            box["text"],
            box["confidence"],
            tuple((x, y) for x, y in box["polygon"]),
            box["row"],
            box["paragraph"],
            box.get("problem", ""),
        )
        for box in body["text_boxes"]
    ]
    sizes = {name: int(body[name]) for name in ("width", "height", "read_ms")}
    sizes["quarter_turns"] = int(body.get("quarter_turns", 0))
    return Reading(body["version"], lines=lines, full_text=body["full_text"], **sizes)


def _failure(answer: httpx.Response) -> Failure:
    log.warning("model_server_refused", status=answer.status_code, body=answer.text[:200])
    if answer.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}:
        body = answer.json()
        return Failure(body["code"], body["detail"], is_permanent=True)
    if ENGINE_FAILED in answer.text:  # this page's fault, perhaps; the server answers
        return Failure(ENGINE_FAILED, "The page could not be read.", is_permanent=False)
    return _away()


def _away() -> Failure:
    detail = "The text recogniser does not answer at the moment."
    return Failure("model_server_unavailable", detail, is_permanent=False)
