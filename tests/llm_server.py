"""A server that speaks the OpenAI protocol and fails as told: of real sockets, for real clients.

python -m tests.llm_server PORT [FAULT ...]     in a process of its own; the faults take turns
"""

import json
import random
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.ocr_server import free_port

WORDS = ("A", " verb", " means", " to", " do", ".")
FAULTS = ("slow", "cut", "429", "500", "malformed", "hang", "refuse", "empty", "reset")
HANG_SECONDS = 30.0


@dataclass
class Behaviour:
    """What the next requests meet: ``fault(number)`` names one of FAULTS, or nothing."""

    fault: Callable[[int], str] = lambda _: ""
    seconds: float = 0.0  # an answer takes
    words: tuple[str, ...] = WORDS
    say: Callable[[dict[str, Any]], str] | None = None  # the whole answer to a request
    seen: list[dict[str, Any]] = field(default_factory=list)
    left_early: int = 0
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    port: int = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behaviour: Behaviour

    def do_GET(self) -> None:
        self._json(200, {"status": "ok", "seen": len(self.behaviour.seen)})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.behaviour.lock:
            self.behaviour.seen.append(body)
            number = len(self.behaviour.seen) - 1
            self.behaviour.at_once += 1
            self.behaviour.most_at_once = max(self.behaviour.at_once, self.behaviour.most_at_once)
        fault = self.behaviour.fault(number)
        try:
            self._answer(body, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.behaviour.left_early += 1
            self.close_connection = True
        finally:
            with self.behaviour.lock:
                self.behaviour.at_once -= 1

    def _answer(self, body: dict[str, Any], fault: str) -> None:
        match fault:
            case "429":
                self._json(429, _error("slow down", "rate_limit_exceeded"), {"Retry-After": "0"})
            case "500":
                self._json(500, _error(f"no: {body['messages']}", "server_error"))
            case "refuse":
                self._json(400, _error(f"no: {body['messages']}", "invalid_request_error"))
            case "malformed":
                self._send(200, b"<html>It works!</html>", "application/json")
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                self.connection.close()
                self.close_connection = True
            case "hang":
                self._hang()
            case _ if body.get("stream"):
                self._stream(body, fault)
            case _:
                self._whole(body, fault)

    def _hang(self) -> None:
        """Say nothing until the client goes, or for long."""
        self.connection.settimeout(HANG_SECONDS)
        with suppress(TimeoutError):
            self.connection.recv(1)
        self.behaviour.left_early += 1
        self.close_connection = True

    def _whole(self, body: dict[str, Any], fault: str) -> None:
        time.sleep(self.behaviour.seconds + (0.3 if fault == "slow" else 0))
        text = "" if fault == "empty" else self._text(body)
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = self._head(body, "chat.completion") | {"choices": [choice], "usage": _usage(body)}
        data = json.dumps(answer).encode()
        if fault == "cut":
            self._begin(200, {"Content-Length": str(len(data))}, "application/json")
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
        else:
            self._send(200, data, "application/json")

    def _stream(self, body: dict[str, Any], fault: str) -> None:
        self._begin(200, {"Transfer-Encoding": "chunked"}, "text/event-stream")
        words = () if fault == "empty" else self._words(body)
        self._event(body, {"role": "assistant", "content": None})
        for number, word in enumerate(words):
            time.sleep(self.behaviour.seconds / len(words) + (0.1 if fault == "slow" else 0))
            if fault == "cut" and number == len(words) // 2:
                self.close_connection = True
                return  # without the last chunk: the client notices
            self._event(body, {"content": word})
        self._event(body, {}, "stop")
        if body.get("stream_options", {}).get("include_usage"):
            chunk = self._head(body, "chat.completion.chunk")
            self._data(json.dumps(chunk | {"choices": [], "usage": _usage(body)}))
        self._data("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _words(self, body: dict[str, Any]) -> tuple[str, ...]:
        if self.behaviour.say:
            return (self.behaviour.say(body),)
        if "response_format" in body:
            return ('{"word": "do",', ' "level": 1}')
        return self.behaviour.words

    def _text(self, body: dict[str, Any]) -> str:
        return "".join(self._words(body))

    def _head(self, body: dict[str, Any], kind: str) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": kind,
            "created": int(time.time()),
            "model": body["model"],
            "system_fingerprint": "fault-server",
        }

    def _event(
        self, body: dict[str, Any], delta: dict[str, Any], reason: str | None = None
    ) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = self._head(body, "chat.completion.chunk") | {"choices": [choice]}
        self._data(json.dumps(chunk))

    def _data(self, text: str) -> None:
        data = f"data: {text}\n\n".encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(
        self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        self._send(status, json.dumps(body).encode(), "application/json", headers)

    def _send(
        self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self._begin(status, {"Content-Length": str(len(data)), **(headers or {})}, kind)
        self.wfile.write(data)

    def _begin(self, status: int, headers: dict[str, str], kind: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its own name
        """Say nothing."""


def _usage(body: dict[str, Any]) -> dict[str, int]:
    read = sum(len(message["content"].split()) for message in body["messages"])
    return {
        "prompt_tokens": read,
        "completion_tokens": len(WORDS),
        "total_tokens": read + len(WORDS),
    }


def _error(message: str, kind: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": kind, "param": None}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


@contextmanager
def fault_server(port: int = 0) -> Iterator[Behaviour]:
    """Serve on a free port, each request in a thread of its own; yield what it goes by."""
    behaviour = Behaviour()
    handler = type("Handler", (_Handler,), {"behaviour": behaviour})
    server = _Server(("127.0.0.1", port or free_port()), handler)
    behaviour.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield behaviour
    finally:
        server.shutdown()
        server.server_close()


def main(port: int, seconds: float, share: float, *faults: str) -> None:
    """Serve for ever."""
    draws = random.Random(7)
    with fault_server(port) as behaviour:
        behaviour.seconds = seconds
        behaviour.fault = lambda _: draws.choice(faults) if draws.random() < share else ""
        threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:])
