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

from accounts.models import User
from config.settings.logging import logging_settings
from tests import make
from tests.accounts.journeys import SECRET, SignInClient
from tests.client import ApiClient
from tests.config.saying import say
from tests.security.page import PAGE

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


@pytest.mark.asvs(
    "16.2.1",
    "time, address, method and path, user, status, and an id that tasks inherit",
)
def test_an_answer_names_its_request(kept: _Kept) -> None:
    answer = Client().get("/api/v1/me/")
    UUID(answer["X-Request-ID"])
    assert kept.ids("request_finished") == {answer["X-Request-ID"]}


@pytest.mark.urls(__name__)
@pytest.mark.asvs("16.3.4", "with the trace, under the id of the answer")
def test_a_fault_is_logged_with_its_trace_under_the_answers_id(kept: _Kept) -> None:
    answer = Client(raise_request_exception=False).get("/fail")
    assert answer.status_code == 500
    (line,) = [line for line in kept.lines if line["event"] == "request_failed"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert "ZeroDivisionError" in line["exception"]


@pytest.mark.asvs("16.4.1", "a caller's X-Request-ID is not taken")
def test_a_caller_cannot_choose_the_id() -> None:
    answer = Client(headers={"x-request-id": "mine\nforged"}).get("/healthz")
    assert "mine" not in answer["X-Request-ID"]


@pytest.mark.asvs("16.2.4", "one JSON object a line, of libraries too")
@pytest.mark.asvs("16.2.3", "standard error is the only handler")
@pytest.mark.asvs(
    "16.4.3",
    "whoever runs the process collects standard error; the process cannot reach what was collected",
)
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


@pytest.mark.asvs("16.2.2", "ISO 8601 with a Z")
@pytest.mark.asvs("16.2.5", "bodies, headers and codes are not logged; tasks hide their arguments")
@pytest.mark.asvs("16.3.1", "`logged_in` with its factors, `log_in_failed`, and the request's line")
@pytest.mark.asvs("16.4.1", "a line break in a text is written as JSON writes it")
@pytest.mark.asvs("4.1.3", "the address in the logs is the one that limits count under")
def test_log_ins_are_told_and_what_was_typed_is_not(kept: _Kept) -> None:
    learner = make.member("mina@example.com", SECRET)
    forged = {"x_forwarded_for": "203.0.113.9", "user_agent": "mine\r\n{}"}
    SignInClient(**forged).log_in("mina@example.com", "wrong-password")
    client = SignInClient(**forged)
    client.log_in("mina@example.com")
    Client().get("/api/v1/me/?note=a%0D%0A%7B%22event%22%3A1%7D")
    told = [line for line in kept.lines if line["event"] in {"logged_in", "log_in_failed"}]
    assert [line["event"] for line in told] == ["log_in_failed", "logged_in"]
    assert (told[1]["user"], told[1]["factors"]) == (str(learner.public_id), ["password"])
    assert {line["ip"] for line in kept.lines if "ip" in line} == {"127.0.0.1"}
    assert all(line["timestamp"].endswith("Z") for line in kept.lines)
    written = json.dumps(kept.lines)
    for secret in (SECRET, "wrong-password", client.access, client.refresh, client.session):
        assert secret
        assert secret not in written
    assert "mina@example.com" not in written


@pytest.mark.asvs("16.3.2", "a line a refusal, with its status, user and address")
def test_a_refusal_is_told(kept: _Kept, alice: User, bob: User) -> None:
    category = make.category(bob)
    ApiClient(alice).get(f"/categories/{category.public_id}/")
    Client().get("/api/v1/me/")
    lines = [line for line in kept.lines if line["event"] == "request_finished"]
    assert [(line["code"], line["level"]) for line in lines] == [(404, "warning"), (401, "warning")]
    assert lines[0]["user_id"] == str(alice.public_id)
    assert str(category.public_id) in lines[0]["request"]


@pytest.mark.asvs("16.1.1", "docs/security.md, under Logs")
@pytest.mark.asvs("16.2.3", "no other handler is set up")
def test_lines_go_to_standard_error_alone() -> None:
    handlers = logging_settings()["handlers"]
    assert [handler["class"] for handler in handlers.values()] == ["logging.StreamHandler"]
    assert "## Logs" in PAGE.read_text()
