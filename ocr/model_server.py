"""The OCR model server: ``python -m ocr.model_server`` listens on RESEE_PORT + 2.

POST /predict?confidence_threshold=&language= with an image as body; GET /health; GET /metrics.
One page is read at a time (more threads cost more CPU for the same pages), few may wait, the rest
is told to come back. It knows no database and imports no Django.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qs

import numpy as np
import orjson

os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # this process answers for its own metrics
from gunicorn.app.base import BaseApplication
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.errors import Invalid, ReseeError, Unavailable
from config.settings import variables
from ocr import highlights, pages
from ocr import model_metrics as metrics
from ocr.engine import PaddleEngine
from ocr.options import ReadingOptions, parsed
from ocr.text_lines import Line, full_text, in_reading_order, sure_enough

PORT_OFFSET = 2
WAITING_MAX = 4
LOADING_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 2

log = logging.getLogger("gunicorn.error")
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[int, dict[str, Any]]


class Engine(Protocol):
    """What reads a page: see ``engine.PaddleEngine``."""

    version: str

    def read(self, page: pages.Pixels, *, language: str = "auto") -> list[Line]:
        """Return the lines found, in no particular order."""
        ...

    def read_upright(
        self, page: pages.Pixels, *, language: str = "auto"
    ) -> tuple[pages.Pixels, list[Line]]:
        """Turn the page so that its text stands upright; return it with its lines."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A page as it was read, turned clockwise by ``quarter_turns``, and the lines on it."""

    page: pages.Pixels
    lines: list[Line]
    quarter_turns: int


class Model:
    """The engine, loaded beside the listening server; ``status`` is loading, ready or failed."""

    def __init__(self, load: Callable[[], Engine]) -> None:
        """Begin to load."""
        self.status = "loading"
        self.version = ""
        self._load = load
        self._engine: Engine | None = None
        self._is_settled = threading.Event()
        self._one_page = threading.Lock()
        self._places = threading.BoundedSemaphore(WAITING_MAX)
        threading.Thread(target=self._settle, daemon=True).start()

    def read(self, data: bytes, options: ReadingOptions) -> Found:
        """Return the upright page with its lines; Unavailable when too many wait already."""
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many pages are waiting.", retry_after_seconds=5)
        try:
            with metrics.WAITING.track_inprogress(), self._one_page:
                engine = self._ready_engine()
                return _read(engine, data, options)
        finally:
            self._places.release()

    def _ready_engine(self) -> Engine:
        self._is_settled.wait(LOADING_SECONDS_MAX)
        if self._engine is None:
            raise Unavailable(f"The models are not there: {self.status}.")
        return self._engine

    def _settle(self) -> None:
        try:
            self._engine = self._load()
            self.version, self.status = self._engine.version, "ready"
            metrics.LOADED.set(1)
        except Exception:
            self.status = "failed"
            log.exception("The models could not be loaded")
        finally:
            self._is_settled.set()


class ModelServer:
    """The WSGI application."""

    def __init__(self, load: Callable[[], Engine] = PaddleEngine) -> None:
        """Begin to load the models."""
        self.model = Model(load)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; whatever goes wrong is an answer with ``status`` "failed"."""
        route = (environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if route == ("GET", "/metrics"):
            return _send(start_response, 200, generate_latest(), CONTENT_TYPE_LATEST)
        status, body = self._answer(route, environ)
        return _send(start_response, status, orjson.dumps(body), "application/json")

    def _answer(self, route: tuple[str, str], environ: dict[str, Any]) -> Answer:
        if route == ("GET", "/health"):
            return self._health()
        if route != ("POST", "/predict"):
            return _failed(404, "not_found", "There is nothing at this address.")
        with metrics.PREDICT_SECONDS.time():
            status, body = self._predict(environ)
        metrics.PREDICTIONS.labels(body.get("code", "ok")).inc()
        return status, body

    def _health(self) -> Answer:
        model = self.model
        is_loaded = model.status == "ready"
        body = {"status": model.status, "model_loaded": is_loaded, "version": model.version}
        return 200 if is_loaded else 503, body

    def _predict(self, environ: dict[str, Any]) -> Answer:
        started = time.perf_counter()
        try:
            options = _options(environ)
            found = self.model.read(_body(environ), options)
            lines = in_reading_order(sure_enough(found.lines, options.confidence_threshold))
        except pages.TooLarge as error:
            return _failed(error.status, error.code, error.detail)
        except Invalid as error:
            return _failed(422, error.code, error.detail)
        except ReseeError as error:
            return _failed(error.status, error.code, error.detail)
        except Exception:
            log.exception("A page could not be read")
            return _failed(500, "engine_failed", "The page could not be read.")
        height, width = found.page.shape[:2]
        return 200, {
            "status": "ok",
            "version": self.model.version,
            "width": width,
            "height": height,
            "quarter_turns": found.quarter_turns,
            "read_ms": round((time.perf_counter() - started) * 1000),
            "text_boxes": [_text_box(line) for line in lines],
            "full_text": full_text(lines),
        }


def _read(engine: Engine, data: bytes, options: ReadingOptions) -> Found:
    page = pages.decode(data, quarter_turns=options.quarter_turns)
    is_highlight = options.mode == "highlight"
    seen = highlights.bleached(page) if is_highlight else page
    read = engine.read_upright if options.use_angle_cls else _as_it_stands(engine)
    upright, lines = read(seen, language=options.language)
    turns = _turns(seen, upright)
    page = np.ascontiguousarray(np.rot90(page, -turns))
    if is_highlight:
        lines = highlights.marked(page, lines)
    return Found(page, lines, (options.quarter_turns + turns) % 4)


def _as_it_stands(engine: Engine) -> Callable[..., tuple[pages.Pixels, list[Line]]]:
    return lambda page, language: (page, engine.read(page, language=language))


def _turns(before: pages.Pixels, after: pages.Pixels) -> int:
    """Return by how many quarters, clockwise, a page was turned: an engine does not tell."""
    if after is before:
        return 0
    return next(turns for turns in range(4) if np.array_equal(np.rot90(before, -turns), after))


def _text_box(line: Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "confidence": round(line.confidence, 4),
        "polygon": line.polygon,
        "row": line.row,
        "paragraph": line.paragraph,
        "problem": line.problem,
    }


def _failed(status: int, code: str, detail: str) -> Answer:
    return status, {"status": "failed", "code": code, "detail": detail}


def _options(environ: dict[str, Any]) -> ReadingOptions:
    """Return the query's options; a field it does not know is a later client's."""
    query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    try:
        return parsed(query)
    except ValueError as error:
        raise Invalid(str(error)) from None


def _body(environ: dict[str, Any]) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > pages.BYTES_MAX:
        raise pages.too_large()
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _send(
    start_response: StartResponse, status: int, body: bytes, media_type: str
) -> Iterable[bytes]:
    headers = [("Content-Type", media_type), ("Content-Length", str(len(body)))]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append(("Retry-After", "5"))
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    """gunicorn: listens at once, starts the process that reads anew when it dies."""

    def load_config(self) -> None:
        """Settings; threads beyond the waiting pages answer /health and /metrics."""
        port = variables.integer("RESEE_PORT") + PORT_OFFSET
        settings = {
            "bind": f"{variables.text('OCR_MODEL_SERVER_HOST')}:{port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": WAITING_MAX + 4,
            "timeout": 120,
            "graceful_timeout": STOP_SECONDS_MAX,
            "keepalive": 30,
            "worker_tmp_dir": "/dev/shm",  # noqa: S108  gunicorn's own heartbeat file
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "resee-models",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> ModelServer:
        """Called in the process that reads."""
        return ModelServer()


if __name__ == "__main__":
    _Gunicorn().run()
