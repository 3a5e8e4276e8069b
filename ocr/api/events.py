"""The progress of a scan as server-sent events."""

import threading
import time
from collections.abc import Iterator
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.queries.learners import Learner, learner_of
from config.api.negotiation import JsonErrors
from config.api.rendering import dump
from config.errors import Unavailable
from ocr import places
from ocr.queries.scans import Row, progress

STREAMS_MAX = 2  # a process: each holds one of its eight threads
STREAM_SECONDS = 60.0  # then the browser connects anew
LOOK_SECONDS = 0.5
HEARTBEAT_SECONDS = 10.0  # so that a connection that is gone is noticed
MEDIA_TYPE = "text/event-stream"

_streams = threading.BoundedSemaphore(STREAMS_MAX)


class ScanEvents(APIView):
    """How far a scan is, told as it changes."""

    content_negotiation_class = JsonErrors

    @extend_schema(
        operation_id="scans_events",
        responses={(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.STR)},
        tags=["scans"],
    )
    def get(self, request: Request, scan_id: UUID) -> StreamingHttpResponse:
        """Stream ``progress`` events (state, stage, percent, pages read), then one ``end``.

        After a minute the stream ends without it: connect again. 503 while too many listen.
        """
        learner = learner_of(request.user)
        first = progress(learner, scan_id)
        if not _streams.acquire(blocking=False):
            raise Unavailable("Too many listen already: ask for the scan instead.")
        response = StreamingHttpResponse(_Stream(learner, scan_id, first), content_type=MEDIA_TYPE)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        return response


class _Stream:
    """The events of one connection; its place is given back when the server closes it."""

    def __init__(self, learner: Learner, scan_id: UUID, first: Row) -> None:
        self._events = _events(learner, scan_id, first)
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self._events

    def close(self) -> None:
        """Called by the server, come what may."""
        if self._is_open:
            self._is_open = False
            _streams.release()


def _events(learner: Learner, scan_id: UUID, now: Row) -> Iterator[bytes]:
    yield b"retry: 2000\n\n"
    deadline, before, told_at = time.monotonic() + STREAM_SECONDS, Row(), time.monotonic()
    while True:
        if now != before:
            yield b"event: progress\ndata: " + dump(now) + b"\n\n"
            before, told_at = now, time.monotonic()
        if now["state"] in {"succeeded", "failed"}:
            yield b"event: end\ndata: " + dump(now) + b"\n\n"
            return
        if time.monotonic() > deadline:
            return
        if time.monotonic() - told_at > HEARTBEAT_SECONDS:
            yield b": still here\n\n"
            told_at = time.monotonic()
        places.pause(LOOK_SECONDS)
        now = progress(learner, scan_id)
