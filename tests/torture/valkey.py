"""Valkey loses everything, or is killed and started again."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from django_redis import get_redis_connection

from config.embedded import processes
from config.embedded.servers import servers

AWAY_SECONDS = 0.4
READY_SECONDS = 20


class Valkey:
    """The server of the run, and how often it was emptied and restarted."""

    def __init__(self, root: Path) -> None:
        (self._service,) = (each for each in servers(root) if each.name == "valkey")
        self._process: subprocess.Popen[bytes] | None = None
        self.flushes = self.restarts = 0

    def flush(self) -> None:
        """Empty it."""
        get_redis_connection("default").flushall()
        self.flushes += 1

    def restart(self) -> None:
        """Kill it, leave it away for a moment, and start it on what it had written to its disk."""
        pid = get_redis_connection("default").info("server")["process_id"]
        os.kill(pid, signal.SIGKILL)
        if self._process:
            self._process.wait()
        time.sleep(AWAY_SECONDS)
        self._process = self._service.start()
        deadline = time.monotonic() + READY_SECONDS
        while not self._service.is_ready():
            assert time.monotonic() < deadline, "Valkey does not come back"
            time.sleep(0.05)
        self.restarts += 1

    def stop(self) -> None:
        """End what was started here."""
        if self._process:
            processes.stop(self._process, self._service.stop_signal, grace_seconds=5)


@contextlib.contextmanager
def tormented(root: Path) -> Iterator[Valkey]:
    """Yield the server; end it if it has become ours."""
    valkey = Valkey(root)
    try:
        yield valkey
    finally:
        valkey.stop()
