"""One request, one id: in its answer, in its log lines, in those of the tasks it started."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any
from uuid import UUID, uuid4

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.config.saying import say

pytestmark = pytest.mark.django_db
QUEUE = f"test-{uuid4().hex}"
log = structlog.get_logger(__name__)


def ask(request: HttpRequest) -> HttpResponse:
    log.info("said_by_view")
    say.apply_async(queue=QUEUE)
    return HttpResponse()


def fail(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("ask", ask), path("fail", fail)]
handler500 = "config.api.problems.server_error"


class _Kept(logging.Handler):
    """Keeps the lines as they would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.setFormatter(logging.getLogger().handlers[0].formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))

    def ids(self, event: str) -> set[str]:
        return {line["request_id"] for line in self.lines if line["event"] == event}


@pytest.fixture
def kept() -> Iterator[_Kept]:
    handler = _Kept()
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


@contextmanager
def _worker(queue: str) -> Iterator[IO[str]]:
    """A real worker of ``queue``; gives what it logs."""
    command = [sys.executable, "-m", "tests.config.saying", queue]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr
        try:
            yield worker.stderr
        finally:
            worker.kill()


@pytest.mark.urls(__name__)
def test_a_task_logs_under_the_id_of_its_request(kept: _Kept) -> None:
    ids = [Client().get("/ask")["X-Request-ID"] for _ in range(2)]
    with _worker(QUEUE) as lines:
        said = (json.loads(line) for line in lines if '"said_by_task"' in line)
        by_task = [line["request_id"] for line in islice(said, 2)]
    assert sorted(by_task) == sorted(ids) == sorted(kept.ids("said_by_view"))
    assert len(set(ids)) == 2


def test_an_answer_names_its_request(kept: _Kept) -> None:
    answer = Client().get("/api/v1/me/")
    UUID(answer["X-Request-ID"])
    assert kept.ids("request_finished") == {answer["X-Request-ID"]}


@pytest.mark.urls(__name__)
def test_a_fault_is_logged_with_its_trace_under_the_answers_id(kept: _Kept) -> None:
    answer = Client(raise_request_exception=False).get("/fail")
    assert answer.status_code == 500
    (line,) = [line for line in kept.lines if line["event"] == "request_failed"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert "ZeroDivisionError" in line["exception"]


def test_a_caller_cannot_choose_the_id() -> None:
    answer = Client(headers={"x-request-id": "mine\nforged"}).get("/healthz")
    assert "mine" not in answer["X-Request-ID"]


def test_a_line_of_a_library_is_json_too() -> None:
    code = (
        "import logging.config\n"
        "from config.settings.logging import logging_settings\n"
        "logging.config.dictConfig(logging_settings())\n"
        "logging.getLogger('kombu').warning('%s is away', 'broker')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    line = json.loads(done.stderr)
    assert (line["event"], line["logger"], line["level"]) == ("broker is away", "kombu", "warning")
