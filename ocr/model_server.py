"""The OCR model server: ``python -m ocr.model_server`` listens on RESEE_PORT + 2.

POST /predict?confidence_threshold=&language= with an image as body; GET /health; GET /metrics.
Two pages are read at a time, their lines spread over the cores; few may wait, the rest is told to
come back. It knows no database and imports no Django.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import orjson

os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # this process answers for its own metrics
from gunicorn.app.base import BaseApplication
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.errors import Invalid, ReseeError
from config.settings import variables
from ocr import gpu, pages
from ocr import model_metrics as metrics
from ocr.engine import PaddleEngine, Place, reads_korean
from ocr.model_process import WAITING_MAX, Model, retire_process
from ocr.model_versions import Loaded, load, parsed
from ocr.options import ReadingOptions
from ocr.options import parsed as parsed_options
from ocr.text_lines import Line, full_text, in_reading_order, sure_enough

PORT_OFFSET = 2
STOP_SECONDS_MAX = 2

log = logging.getLogger("gunicorn.error")
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
Answer = tuple[int, dict[str, Any]]


def _all_versions() -> list[Loaded]:
    versions = parsed(variables.text("OCR_MODEL_VERSIONS"))
    place = Place(
        device=variables.text("OCR_DEVICE"),
        threads=variables.integer("OCR_MODEL_SERVER_THREADS") or len(os.sched_getaffinity(0)),
        gpu_memory_mb=variables.integer("OCR_GPU_MEMORY_MB") / len(versions),
    )
    _gpu_has_room()  # a GPU that does not answer is told now
    return load(versions, partial(PaddleEngine, place))


def _gpu_has_room() -> bool:
    if (number := gpu.number_of(variables.text("OCR_DEVICE"))) is None:
        return True
    limit = variables.integer("OCR_GPU_USED_MAX_PERCENT")
    return gpu.has_room(partial(gpu.nvidia, number), used_max_percent=limit)


class ModelServer:
    """The WSGI application."""

    def __init__(
        self,
        load: Callable[[], Sequence[Loaded]] = _all_versions,
        retire: Callable[[], None] = retire_process,
        has_room: Callable[[], bool] = _gpu_has_room,
    ) -> None:
        """Begin to load the models."""
        self.model = Model(load, retire, has_room)

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
        metrics.PREDICTIONS.labels(body.get("code", "ok"), body.get("version", "")).inc()
        return status, body

    def _health(self) -> Answer:
        model = self.model
        is_loaded = model.status == "ready"
        body = {
            "status": model.status,
            "model_loaded": is_loaded,
            "version": model.version,
            "korean": reads_korean(),
        }
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
            "version": found.version,
            "width": width,
            "height": height,
            "quarter_turns": found.quarter_turns,
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
        "problem": line.problem,
    }


def _failed(status: int, code: str, detail: str) -> Answer:
    return status, {"status": "failed", "code": code, "detail": detail}


def _options(environ: dict[str, Any]) -> ReadingOptions:
    """Return the query's options; a field it does not know is a later client's."""
    query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    try:
        return parsed_options(query)
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
