"""The topology as an operator starts it, and learners who come to it from outside."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from config.demo.client import SIGN_IN
from config.embedded import processes
from config.settings import home
from deploy.topology import servers
from tests.ocr_server import free_port

T = TypeVar("T")
START_SECONDS_MAX = 900.0
PORTS = 35
_CODE = re.compile(r"\b[B-Z]{4}-[B-Z]{4}\b")
PASSWORD = "a page a day, every day"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A learner who has signed up."""

    email: str
    token: str


@dataclass
class Stage:
    """A running topology: where it answers, and its operator's environment."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    url: str
    environment: dict[str, str]

    @property
    def port(self) -> int:
        """Where nginx listens."""
        return int(self.url.rpartition(":")[2])

    def sign_up(self, name: str, password: str = PASSWORD) -> Visitor:
        """Sign a learner up over HTTP, with the code that was mailed."""
        email = f"{name}@example.com"
        with httpx.Client(base_url=self.url + SIGN_IN, trust_env=False, timeout=60) as http:
            body = {"email": email, "password": password}
            answer = http.post("/signup", json=body)
            assert answer.status_code == 401, answer.text
            headers = {"X-Session-Token": answer.json()["meta"]["session_token"]}
            code = wait_for(lambda: self._mailed(email))
            answer = http.post("/email/verify", json={"key": code}, headers=headers)
            assert answer.is_success, answer.text
        return Visitor(email, answer.json()["meta"]["access_token"])

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command as the operator would."""
        command = [str(home.CHECKOUT / ".venv/bin/python"), "manage.py", *arguments]
        return subprocess.run(
            command,
            cwd=home.CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return a statement's rows."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            return connection.execute(statement, values).fetchall()

    def roll(self, seconds: float = 600) -> dict[str, float]:
        """Have every process restarted, one by one; return the seconds that each took."""
        path = self.folder / "rolls.jsonl"
        before = _lines(path)
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(_lines(path)) > len(before), seconds=seconds)
        took: dict[str, float] = json.loads(_lines(path)[-1])
        return took

    def _mailed(self, email: str) -> str | None:
        for path in (self.folder / "mails").iterdir():
            text = path.read_text()
            if f"To: {email}" in text and (found := _CODE.search(text)):
                return found[0]
        return None


def lacking(broker: str = "redis") -> str:
    """Return why there can be no topology on this machine; empty where there can."""
    names = servers.missing(is_on_rabbitmq=broker == "rabbitmq")
    return f"NOT TESTED, not installed: {' '.join(names)}" if names else ""


@contextlib.contextmanager
def running_topology(*arguments: str, **variables: str) -> Iterator[Stage]:
    """Start deploy/run_topology.sh in a new folder and yield when everything answers."""
    folder = Path(tempfile.mkdtemp(prefix="resee-topology-"))
    command = [
        str(home.CHECKOUT / "deploy/run_topology.sh"),
        *("--port", str(_free_ports()), "--folder", str(folder), *arguments),
    ]
    limits = {"RATE_LIMIT_LEARNER": "1000000", "RATE_LIMIT_ADDRESS": "1000000"}
    own = ("DJANGO_", "RESEE_", "LLM_")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(own)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command,
            env=inherited | limits | variables,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    ready = folder / "running.json"
    try:
        wait_for(lambda: ready.exists() or process.poll() is not None, seconds=START_SECONDS_MAX)
        assert process.poll() is None, (folder / "said").read_text()
        yield Stage(folder, process, **json.loads(ready.read_text()))
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(120)
        processes.end_session(process.pid, deadline=time.monotonic() + 5)
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def wait_for(condition: Callable[[], T | None], seconds: float = 120) -> T:
    """Return what the condition returns as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _free_ports() -> int:
    """Return the first of as many free ports as the topology takes."""
    while True:
        first = free_port()
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(first, first + PORTS):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
