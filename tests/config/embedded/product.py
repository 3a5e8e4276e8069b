"""`manage.py up` as a person would run it, and a look at its processes from outside."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from config.embedded import processes
from config.settings import home

READY = "Resee is ready"


def free_port() -> int:
    """Return a port that nobody listens on, below those that the system gives to clients."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Product:
    """One RESEE_HOME; ``output`` is what the last start has printed."""

    def __init__(self, root: Path, port: int) -> None:
        self.root, self.port = root, port
        self._output = root / "output"
        self._run: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | {
            "RESEE_HOME": str(root),
            "RESEE_PORT": str(port),
            "RESEE_LIVE_PORT": str(free_port()),
            "OCR_MODEL_SERVER_URL": "http://127.0.0.1:9",  # an operator's own: not started here
            "DICTIONARY_DIR": str(root),
            "RESEE_LLM": "off",
            "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        }
        (root / "demo-done").touch()

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def supervisor(self) -> subprocess.Popen[bytes]:
        assert self._run is not None
        return self._run

    def ensure_running(self) -> None:
        """Start and wait for the addresses, unless it runs."""
        if self._run is not None and self._run.poll() is None:
            return
        with self._output.open("wb") as output:
            self._run = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=home.CHECKOUT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.wait(lambda: READY in self.output or self.supervisor.poll() is not None)
        assert READY in self.output, self.output

    def manage(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run another management command on the same RESEE_HOME."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=home.CHECKOUT,
            env=self._environment | more,
            capture_output=True,
            text=True,
            check=False,
        )

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement in a connection of its own; return its rows."""
        with psycopg.connect(self._address(), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def entries(self) -> dict[str, int]:
        """Return our processes' ids by name."""
        content = json.loads((self.root / "processes.json").read_text())
        return {entry["name"]: entry["pid"] for entry in content["entries"]}

    def stop(self, number: signal.Signals) -> int:
        """Send a signal to the supervisor and return its exit code."""
        self.supervisor.send_signal(number)
        return self.supervisor.wait(60)

    def remove(self) -> None:
        """Stop what runs, whatever state a failed test left it in."""
        if self._run is not None and self._run.poll() is None:
            self.stop(signal.SIGTERM)
        if (self.root / "processes.json").exists():
            for pid in self.entries().values():
                processes.end_session(pid, deadline=time.monotonic() + 5)
        shutil.rmtree(self._run_dir(), ignore_errors=True)

    @staticmethod
    def wait(condition: Any, seconds: float = 240) -> None:
        """Wait until ``condition`` holds."""
        deadline = time.monotonic() + seconds
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _run_dir(self) -> Path:
        return home.run_dir(self.root)

    def _address(self) -> str:
        return f"host={self._run_dir() / 'postgres'} user=resee dbname=resee connect_timeout=2"
