"""The model server as the rest of the product sees it: a reading, or why there is none."""

import time
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import httpx
import structlog
from django.conf import settings

from config.ai.breaker import BreakerOpen, breaker
from ocr import places
from ocr.options import ReadingOptions
from ocr.text_lines import Line

CONNECT_SECONDS = 2.0
READ_SECONDS = 60.0  # less than a task's time limit; a page takes some seconds
HEALTH_SECONDS = 1.5
BREAKER = "ocr-model-server"  # after five pages that nobody read, 30 seconds of peace
SET_ASIDE_SECONDS = 5.0  # a server that could not be reached is asked last for a while
BUSY_SECONDS_MAX = 12.0  # of waiting for a server that says it is busy; another is asked at once
ENGINE_FAILED = "engine_failed"

log = structlog.get_logger(__name__)
_clients: dict[str, httpx.Client] = {}
_set_aside: dict[str, float] = {}  # until when, by the server's URL


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


class _NobodyAnswers(Exception):
    """Every server is away, full or makes no sense."""


def predict(data: bytes, options: ReadingOptions) -> Reading | Failure:
    """Have an image read by the server that has least to do; the next one if it is away.

    Raises nothing that has to do with the network. After some failures in a row, of all processes,
    nobody is asked for a while.
    """
    try:
        with breaker(BREAKER, counts=_NobodyAnswers).attempt():
            return _of_least_used(data, options)
    except (BreakerOpen, _NobodyAnswers):
        return _away()


def _of_least_used(data: bytes, options: ReadingOptions) -> Reading | Failure:
    left = _urls()
    while left:
        among = [url for url in left if _set_aside.get(url, 0) < time.monotonic()] or left
        with places.least_used("model-servers", among, seconds=int(READ_SECONDS) + 5) as url:
            outcome = _ask(url, data, options)
        if outcome != _away():
            return outcome
        left.remove(url)
    raise _NobodyAnswers


def health() -> str:
    """Return the versions of the loaded models; raises when no server is ready."""
    found, errors = [], []
    for url in _urls():
        try:
            answer = _client(url).get("/health", timeout=HEALTH_SECONDS)
            answer.raise_for_status()
            found.append(str(answer.json()["version"]))
        except httpx.HTTPError as error:
            errors.append(error)
    if not found:
        raise errors[0]
    away = f"; {len(errors)} away" if errors else ""
    return ", ".join(dict.fromkeys(found)) + away


def trust_all() -> None:
    """Forget which servers could not be reached."""
    _set_aside.clear()


def disconnect(url: str) -> None:
    """Close this process's connections to a server."""
    if client := _clients.pop(url, None):
        client.close()


def _urls() -> list[str]:
    return [url.strip() for url in settings.OCR_MODEL_SERVER_URL.split(",") if url.strip()]


def _ask(url: str, data: bytes, options: ReadingOptions) -> Reading | Failure:
    deadline = time.monotonic() + BUSY_SECONDS_MAX
    try:
        while True:
            answer = _posted(url, data, options)
            pause = _pause_seconds(answer)
            if pause is None or time.monotonic() + pause > deadline:
                return _reading(answer.json()) if answer.is_success else _failure(answer)
            time.sleep(pause)  # full, or a new process is coming: no reason to try the job again
    except httpx.TransportError as error:
        _set_aside[url] = time.monotonic() + SET_ASIDE_SECONDS
        log.warning("model_server_away", server=_urls().index(url), exc_info=error)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        log.warning("model_server_makes_no_sense", exc_info=error)
    return _away()


def _posted(url: str, data: bytes, options: ReadingOptions) -> httpx.Response:
    """Send a page; once more if the connection ends: that of a process that has been replaced."""
    try:
        return _client(url).post("/predict", params=asdict(options), content=data)
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        return _client(url).post("/predict", params=asdict(options), content=data)


def _pause_seconds(answer: httpx.Response) -> float | None:
    """Return how long a busy server asks to wait; None if it has answered."""
    seconds = answer.headers.get("Retry-After", "")
    is_busy = answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE and seconds.isdecimal()
    return float(seconds) if is_busy and len(_urls()) == 1 else None


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
