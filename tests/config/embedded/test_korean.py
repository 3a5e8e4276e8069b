"""Whoever starts the product hears of the one command that adds Korean, while it is missing."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from rich.console import Console

from config.embedded import korean, launch

COMMAND = "apt-get install -y tesseract-ocr tesseract-ocr-kor"


@pytest.fixture
def answers() -> Iterator[dict[str, Any]]:
    """What a model server's /health says; ``url`` is where it is."""
    body: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its own name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        body["url"] = f"http://127.0.0.1:{server.server_port}"
        yield body
        server.shutdown()


@pytest.mark.parametrize(("reads", "is_told"), [(False, True), (True, False), (None, False)])
def test_the_command_is_told_while_korean_is_not_read(
    answers: dict[str, Any], settings: Any, *, reads: bool | None, is_told: bool
) -> None:
    answers["korean"] = reads
    settings.OCR_MODEL_SERVER_URL = answers["url"]
    console = Console(record=True, width=200)
    launch._show(console, [], 1.0)
    assert (COMMAND in console.export_text()) is is_told


def test_nobody_answers() -> None:
    assert korean.advice("http://127.0.0.1:1") == ""
