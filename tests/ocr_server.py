"""The real model server, and a fake that answers as it does, for tests of what uses them."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import SystemRandom
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from config.embedded import models
from config.settings import home
from ocr import model_client

START_SECONDS_MAX = 200
FIRST_PORT, LAST_PORT = 20_000, 32_000  # below the ephemeral range


@contextmanager
def running_model_server(log: Path | None = None) -> Iterator[str]:
    """Start the real server on a free port, wait until it has loaded its models, yield its URL."""
    models.provision(home.home(), lambda _: None)
    port = free_port()
    process = start_model_server(port, log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url, process)
        yield url
    finally:
        model_client.disconnect(url)
        process.terminate()
        process.wait(10)


def start_model_server(port: int, log: Path | None = None) -> "subprocess.Popen[bytes]":
    """Start the real server; it answers /health before it is ready."""
    environment = os.environ | {"RESEE_PORT": str(port - 2), "OMP_NUM_THREADS": "1"}
    with (log or Path(os.devnull)).open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "ocr.model_server"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when /health says 200; fail when the process ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while (answer := health(url)) is None or answer.status_code != httpx.codes.OK:
        assert process.poll() is None, "the model server ended"
        assert time.monotonic() < deadline, f"the model server is not ready: {answer}"
        time.sleep(0.1)


def health(url: str) -> httpx.Response | None:
    """Return what /health answers; None while nothing listens."""
    try:
        return httpx.get(f"{url}/health", timeout=5, trust_env=False)
    except httpx.TransportError:
        return None


def free_port() -> int:
    """Return a port nobody listens on, by a chance that no seed decides: workers get others."""
    start = SystemRandom().randrange(FIRST_PORT, LAST_PORT)
    ports: list[int] = [*range(start, LAST_PORT), *range(FIRST_PORT, start)]
    for port in ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no port is free")


Answer = tuple[int, dict[str, Any]]


def fake_reading(*texts: str) -> Answer:
    """Return what the model server says of a page with these lines, one paragraph each."""
    boxes = [
        {
            "text": text,
            "confidence": 0.98,
            "polygon": [[10, 40 * row], [400, 40 * row], [400, 40 * row + 30], [10, 40 * row + 30]],
            "row": row,
            "paragraph": row,
            "problem": "",
        }
        for row, text in enumerate(texts)
    ]
    return 200, {
        "status": "ok",
        "version": "fake",
        "width": 500,
        "height": 700,
        "read_ms": 5,
        "quarter_turns": 0,
        "text_boxes": boxes,
        "full_text": "\n\n".join(texts),
    }


@contextmanager
def fake_model_server(
    answer: Callable[[bytes], Answer], *, queries: list[dict[str, str]] | None = None
) -> Iterator[str]:
    """Serve ``answer(body)`` to POST /predict, each in a thread of its own; yield the URL.

    What the requests ask for is added to ``queries``.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if queries is not None:
                queries.append(dict(parse_qsl(urlsplit(self.path).query)))
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(status, body)

        def do_GET(self) -> None:
            self._send(
                200, {"status": "ready", "model_loaded": True, "version": "fake", "korean": True}
            )

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its own name
            """Say nothing."""

        def _send(self, status: int, body: dict[str, Any]) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield url
    finally:
        model_client.disconnect(url)
        server.shutdown()
        server.server_close()
