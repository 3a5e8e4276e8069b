"""The line before a server that writes one answer at a time."""

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from config.ai import gateway, store, waiting
from config.ai.calls import Message, Piece, Task
from config.errors import Exhausted
from tests.llm_server import WORDS, Behaviour

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("line")]
QUESTION: list[Message] = [("user", "Why?")]
TASK = Task("line", try_seconds=60, total_seconds=120)


@pytest.fixture(autouse=True)
def one_at_a_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(waiting, "KEYS", [f"{key}:{uuid4().hex}" for key in waiting.KEYS])
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.02)
    settings.LLM_PARALLEL, settings.LLM_LINE = 1, 2
    yield
    store.ask(lambda redis: redis.delete(*waiting.KEYS))


@pytest.fixture
def gate(provider: Behaviour) -> Iterator[threading.Event]:
    """The provider answers when this is set."""
    opened = threading.Event()
    provider.fault = lambda _: "" if opened.wait(100) else "500"
    yield opened
    opened.set()


async def streamed(pieces: list[Piece] | None = None) -> list[Piece]:
    pieces = [] if pieces is None else pieces
    async for piece in gateway.astream(TASK, QUESTION):
        pieces.append(piece)
    return pieces


async def three_in_line(provider: Behaviour) -> tuple[list[list[Piece]], list[asyncio.Task[Any]]]:
    """One is answered, two wait behind it."""
    pieces: list[list[Piece]] = [[], [], []]
    running = []
    for mine in pieces:
        running.append(asyncio.create_task(streamed(mine)))
        while not mine and not (mine is pieces[0] and provider.seen):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return pieces, running


async def test_one_after_another_and_everybody_knows_their_place(
    provider: Behaviour, gate: threading.Event
) -> None:
    found, running = await three_in_line(provider)
    gate.set()
    await asyncio.gather(*running)
    places = [[piece.place for piece in pieces if piece.place] for pieces in found]
    assert places == [[], [1], [2, 1]]
    assert ["".join(piece.text for piece in pieces) for pieces in found] == ["".join(WORDS)] * 3
    assert provider.most_at_once == 1


async def test_a_full_line_is_refused(provider: Behaviour, gate: threading.Event) -> None:
    running = [asyncio.create_task(streamed()) for _ in range(4)]
    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    gate.set()
    done = await asyncio.gather(*running, return_exceptions=True)
    refused = [one for one in done if isinstance(one, Exhausted)]
    assert len(refused) == 1
    assert refused[0].status == 429


async def test_who_leaves_makes_room(provider: Behaviour, gate: threading.Event) -> None:
    _, running = await three_in_line(provider)
    for one in running:
        one.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    gate.set()
    assert not [piece for piece in await streamed() if piece.place]


async def test_a_killed_process_is_forgotten(
    provider: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LEASE_SECONDS", 0.1)
    began = time.monotonic()
    killed = waiting.Turn(Task("line", total_seconds=0.1))
    assert [place async for place in killed.places()] == []
    assert "".join(piece.text for piece in await streamed()) == "".join(WORDS)
    assert time.monotonic() - began >= 0.1


async def test_nobody_waits_without_redis(provider: Behaviour, settings: Any) -> None:
    real, settings.REDIS_URL = settings.REDIS_URL, "unix:///nowhere/valkey.sock"
    assert len(await streamed()) == len(WORDS)
    settings.REDIS_URL = real
