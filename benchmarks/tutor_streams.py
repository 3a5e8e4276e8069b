"""Streams of `tutor`: the processes of the product, clients that are cut, the provider alone."""

import json
import random
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from websockets.sync.client import ClientConnection, connect

WORDS = 6  # that the provider writes
CLIENTS = 8
SECONDS = 60.0
SERVED = ("live", "worker-chat")


@contextmanager
def product(root: Path) -> Iterator[None]:
    """Run the live process and the tutor's worker as the launcher does."""
    from config.embedded.processes import stop
    from config.embedded.programs import programs, wipe_metrics

    wipe_metrics(root)
    with ExitStack() as stack:
        for service in programs(root):
            if service.name not in SERVED:
                continue
            process = service.start()
            stack.callback(stop, process, service.stop_signal, grace_seconds=10)
            deadline = time.monotonic() + 2 * SECONDS
            while not service.is_ready():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{service.title} did not start")
                time.sleep(0.1)
        yield


class Client:
    """One learner's WebSocket in one conversation; it can be cut and goes on."""

    def __init__(self, port: int, token: str, conversation: str) -> None:
        self._address = f"ws://127.0.0.1:{port}/live/v1/"
        self._token, self._conversation = token, conversation
        self.number = 0
        self.told: list[dict[str, Any]] = []
        self._socket = self._open()

    def _open(self) -> ClientConnection:
        socket = connect(self._address, proxy=None, max_queue=None, close_timeout=0.1)
        self._send(socket, type="sign_in", token=self._token)
        self._send(socket, type="follow", conversation=self._conversation, after=self.number)
        return socket

    def _send(self, socket: ClientConnection, **body: Any) -> None:
        socket.send(json.dumps(body))

    def cut(self) -> None:
        """Break the connection without a word, and open another."""
        self._socket.socket.close()
        self._socket = self._open()

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def say(self, text: str) -> None:
        """Say something."""
        body = {"conversation": self._conversation, "id": str(uuid4()), "text": text}
        self._send(self._socket, type="say", **body)

    def take(self) -> dict[str, Any]:
        """Return the next numbered frame."""
        while True:
            told: dict[str, Any] = json.loads(self._socket.recv(timeout=SECONDS))
            if "number" in told and told["type"] != "following":
                self.number = told["number"]
                self.told.append(told)
                return told
            if told["type"] == "problem":
                raise SystemExit(f"refused: {told}")


def learner(number: int) -> tuple[str, str]:
    """Make a learner with a conversation; return a token and the conversation's id."""
    from django.utils import timezone

    from accounts.models import User
    from accounts.queries.learners import learner_of
    from benchmarks.tutor_people import token_of
    from chat.commands.conversations import begin_conversation

    user = User.objects.create_user(f"stream{number}-{uuid4().hex[:6]}@example.com")
    made = begin_conversation(learner=learner_of(user), title="", now=timezone.now())
    return token_of(user), str(made.public_id)


def first_tokens(port: int, provider: str, count: int) -> tuple[list[float], list[float]]:
    """Return in turns the ms to the first token of the product's, and of the provider's alone."""
    ours, alone = [], []
    token, conversation = learner(0)
    with closing(Client(port, token, conversation)) as client:
        for number in range(count + 1):
            began = time.perf_counter()
            client.say(f"Question {number}: what is a verb?")
            while client.take()["type"] != "chunk":
                pass
            ours.append((time.perf_counter() - began) * 1000)
            while client.take()["type"] != "end":
                pass
            alone.append(_provider_alone(provider))
    return ours[1:], alone[1:]  # the first one loads libraries


def _provider_alone(url: str) -> float:
    body = {"model": "alone", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310  ours
        f"{url}/chat/completions", json.dumps(body).encode(), headers
    )
    began = time.perf_counter()
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        for line in answer:
            if b'"content": "' in line:
                took = (time.perf_counter() - began) * 1000
                answer.read()
                return took
    raise SystemExit("the provider said nothing")


def cut_and_resumed(port: int, count: int, seed: int) -> dict[str, int]:
    """Follow ``count`` replies, each cut at least once; return what was lost and doubled."""
    people = [learner(number) for number in range(CLIENTS)]
    shares = [range(number, count, CLIENTS) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        jobs = [
            threads.submit(_follow, port, *person, numbers, seed)
            for person, numbers in zip(people, shares, strict=True)
        ]
        found = [job.result() for job in jobs]
    return {name: sum(each[name] for each in found) for name in found[0]}


def _follow(
    port: int, token: str, conversation: str, numbers: Sequence[int], seed: int
) -> dict[str, int]:
    draws, cuts = random.Random(seed + numbers[0]), 0
    with closing(Client(port, token, conversation)) as client:
        for number in numbers:
            client.say(f"Question {number}")
            until, kind, cut_here = draws.randint(1, 4), "", 0
            while kind != "end":
                kind = client.take()["type"]
                until -= 1
                if until == 0 and kind != "end":
                    client.cut()
                    cut_here += 1
                    until = draws.randint(1, 4)
            if not cut_here:
                raise SystemExit("a stream was not cut")
            cuts += cut_here
        told = client.told
    return _compared(conversation, told) | {"cuts": cuts, "streams": len(numbers)}


def _compared(conversation: str, told: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Hold what a client was told against what is stored."""
    from django.db import connection

    from chat.models import Event

    try:
        rows = Event.objects.filter(conversation__public_id=conversation).order_by("number")
        stored = dict(rows.values_list("number", "text"))
    finally:
        connection.close()
    got = [each["number"] for each in told]
    wrong = sum(each.get("text", "") != stored.get(each["number"], "") for each in told)
    return {
        "lost_chunks": len(stored.keys() - set(got)) + wrong,
        "doubled_chunks": len(got) - len(set(got)),
        "chunks": len(stored),
    }
