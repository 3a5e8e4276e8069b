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
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import orjson

os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # this process answers for its own metrics
from gunicorn.app.base import BaseApplication
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.errors import Invalid, ReseeError, Unavailable
from config.settings import variables
from ocr import model_metrics as metrics
from ocr import pages
from ocr.engine import Engine, PaddleEngine
from ocr.languages import DEFAULT_CONFIDENCE_THRESHOLD, LANGUAGES
from ocr.text_lines import Line, full_text, in_reading_order

PORT_OFFSET = 2
WAITING_MAX = 4
LOADING_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 2

log = logging.getLogger("gunicorn.error")
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[int, dict[str, Any]]


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

    def read(self, data: bytes) -> tuple[pages.Pixels, list[Line]]:
        """Return the upright page and its lines; Unavailable when too many wait already."""
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many pages are waiting.", retry_after_seconds=5)
        try:
            with metrics.WAITING.track_inprogress(), self._one_page:
                engine = self._ready_engine()
                page = pages.decode(data)
                return page, engine.read(page)
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
            threshold = _threshold(environ)
            page, found = self.model.read(_body(environ))
            lines = in_reading_order([line for line in found if line.confidence >= threshold])
        except pages.TooLarge as error:
            return _failed(error.status, error.code, error.detail)
        except Invalid as error:
            return _failed(422, error.code, error.detail)
        except ReseeError as error:
            return _failed(error.status, error.code, error.detail)
        except Exception:
            log.exception("A page could not be read")
            return _failed(500, "engine_failed", "The page could not be read.")
        height, width = page.shape[:2]
        return 200, {
            "status": "ok",
            "version": self.model.version,
            "width": width,
            "height": height,
            "read_ms": round((time.perf_counter() - started) * 1000),
            "text_boxes": [_text_box(line) for line in lines],
            "full_text": full_text(lines),
        }


def _text_box(line: Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "confidence": round(line.confidence, 4),
        "polygon": line.polygon,
        "row": line.row,
        "paragraph": line.paragraph,
    }


def _failed(status: int, code: str, detail: str) -> Answer:
    return status, {"status": "failed", "code": code, "detail": detail}


def _threshold(environ: dict[str, Any]) -> float:
    """Return the query's confidence_threshold, once the query is found sound."""
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if query.get("language", ["auto"])[-1] not in LANGUAGES:
        raise Invalid(f"language is one of {', '.join(LANGUAGES)}.")
    try:
        threshold = float(query.get("confidence_threshold", [DEFAULT_CONFIDENCE_THRESHOLD])[-1])
    except ValueError:
        threshold = -1.0
    if not 0 <= threshold <= 1:
        raise Invalid("confidence_threshold is a number from 0 to 1.")
    return threshold


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
