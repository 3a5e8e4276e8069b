"""The three servers, each one process with one worker on a port of its own, and what they spend."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import psutil

from config.embedded import processes

PORTS = {"ours": 18200, "ninja": 18201, "fastapi": 18202}
SETTINGS = {
    "ours": "config.settings.production",
    "ninja": "benchmarks.http_read.ninja_settings",
    "fastapi": "config.settings.production",
}
ROUTES = {"due": "/api/v1/reviews/due/", "dashboard": "/api/v1/statistics/dashboard/"}
START_SECONDS = 30
HTTPS = {"X-Forwarded-Proto": "https"}  # as the proxy in front says


@dataclass(frozen=True, slots=True)
class Spent:
    """What some requests took: CPU ms of the server's processes a request, median ms a request."""

    cpu_ms: float
    p50_ms: float


class Contender:
    """A running server and one kept connection to it."""

    def __init__(self, name: str, process: subprocess.Popen[bytes]) -> None:
        self.name = name
        self.process = process
        self.client = http.client.HTTPConnection("127.0.0.1", PORTS[name], timeout=30)

    def get(self, path: str, token: str) -> bytes:
        """Return the body of a successful answer; RuntimeError for any other."""
        self.client.request("GET", path, headers={"Authorization": f"Bearer {token}", **HTTPS})
        with self.client.getresponse() as response:
            body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{self.name}: {response.status} {body[:500]!r}")
        return body

    def wait(self, token: str) -> None:
        """Return once the server answers; RuntimeError when it does not come up."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.get(ROUTES["due"], token)
            except OSError:
                self.client.close()
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} did not start") from None
                time.sleep(0.1)
            else:
                return

    def spent(self, path: str, tokens: Sequence[str], requests: int) -> Spent:
        """Return what so many requests take, one after the other, the learners in turn."""
        self.client.close()  # the server may have ended a connection that lay idle
        times, before = [], self._cpu_seconds()
        for number in range(requests):
            started = time.perf_counter()
            self.get(path, tokens[number % len(tokens)])
            times.append(time.perf_counter() - started)
        cpu = self._cpu_seconds() - before
        return Spent(1000 * cpu / requests, 1000 * median(times))

    def _cpu_seconds(self) -> float:
        top = psutil.Process(self.process.pid)
        times = [each.cpu_times() for each in (top, *top.children(recursive=True))]
        return float(sum(each.user + each.system for each in times))


@contextmanager
def running(root: Path, token: str) -> Iterator[Mapping[str, Contender]]:
    """Run the three; the Django ones are started as the product starts its web process."""
    from config.embedded import programs  # reads the settings: not before they are told

    programs.wipe_metrics(root)
    with ExitStack() as stack:
        found = {}
        for name in PORTS:
            process = _started(root, name)
            stack.callback(processes.stop, process, signal.SIGTERM, grace_seconds=10)
            found[name] = Contender(name, process)
        for contender in found.values():
            contender.wait(token)
        yield found


def _started(root: Path, name: str) -> subprocess.Popen[bytes]:
    from config.embedded import programs

    os.environ |= {"RESEE_PORT": str(PORTS[name]), "DJANGO_SETTINGS_MODULE": SETTINGS[name]}
    if name != "fastapi":
        (web,) = [each for each in programs.programs(root) if each.name == "web"]
        return web.start()
    command = [sys.executable, "-m", "benchmarks.http_read.fastapi_server", str(PORTS[name])]
    with (root / "logs" / "fastapi.log").open("ab") as log:
        process = processes.spawn(command, log=log, environment=programs.environment(root))
        return programs.bind_to_one_cpu(process, PORTS[name])  # as the others are


def comparable(body: bytes) -> Any:
    """Return the decoded answer without the moment at which it was given.

    That moment is in next_intervals alone (due_at less seconds) and must be one and the same there.
    """
    answer = orjson.loads(body)
    moments = set()
    for card in answer["cards"] if "due_count" in answer else ():
        for interval in card["next_intervals"].values():
            due_at = datetime.fromisoformat(interval.pop("due_at")).timestamp()
            moments.add(round(due_at - interval["seconds"], 3))
    if len(moments) > 1:
        raise RuntimeError(f"one answer of several moments: {sorted(moments)}")
    return answer
