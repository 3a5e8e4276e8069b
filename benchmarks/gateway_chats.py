"""Ten chats at once and the learner beside them, for `gateway`."""

import asyncio
import http.client
import threading
import time
from contextlib import closing
from typing import Any
from uuid import uuid4

from benchmarks.gateway_providers import p95, question, task
from config.settings import variables

CHATS = 10
OTHERS_PER_S = 40
REST_SECONDS = 5.0


def token() -> str:
    """Make a learner and return an access token."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from accounts.commands.devices import open_device
    from accounts.models import User

    session = SessionStore()
    session.create()
    _, pair = open_device(
        user=User.objects.create_user("other@example.com"),
        session_key=str(session.session_key),
        user_agent="benchmark",
        ip=None,
        now=timezone.now(),
    )
    return pair.access


class Other:
    """A learner who asks what is due, evenly, until told to stop."""

    def __init__(self, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}
        self._ends = threading.Event()
        self._times: list[float] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Other":
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._ends.set()
        self._thread.join()

    @property
    def p95_ms(self) -> float:
        """Return the 95th percentile of the answers so far."""
        return p95(self._times)

    def _run(self) -> None:
        address = ("127.0.0.1", variables.integer("RESEE_PORT"))
        with closing(http.client.HTTPConnection(*address)) as connection:
            while not self._ends.wait(1 / OTHERS_PER_S):
                before = time.perf_counter()
                connection.request("GET", "/api/v1/reviews/due/", headers=self._headers)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    raise SystemExit(f"the other learner got {response.status}")
                self._times.append((time.perf_counter() - before) * 1000)


async def chat(chats: int) -> float:
    """Return the seconds until all of some streams at once have ended."""
    from config.ai import gateway

    ours = task("chat", total_seconds=60.0)

    async def one(number: int) -> None:
        texts = [
            piece.text
            async for piece in gateway.astream(ours, question(number), learner=uuid4())
            if not piece.is_cached
        ]
        assert texts

    before = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(chats)))
    return time.perf_counter() - before


def chats(rounds: int) -> dict[str, list[Any]]:
    """Return each round's seconds of one chat and of ten, and what the other learner saw."""
    found: dict[str, list[Any]] = {
        name: [] for name in ("one_chat_s", "ten_chats_s", "others_idle_p95_ms", "others_p95_ms")
    }
    who = token()
    with Other(who):
        time.sleep(REST_SECONDS)  # warm
    for _ in range(rounds):
        found["one_chat_s"].append(asyncio.run(chat(1)))
        before = rest(who)
        with Other(who) as other:
            found["ten_chats_s"].append(asyncio.run(chat(CHATS)))
        found["others_p95_ms"].append(other.p95_ms)
        found["others_idle_p95_ms"].append((before + rest(who)) / 2)
    return found


def rest(who: str) -> float:
    """Return what the other learner sees while nobody chats."""
    with Other(who) as other:
        time.sleep(REST_SECONDS)
    return other.p95_ms
