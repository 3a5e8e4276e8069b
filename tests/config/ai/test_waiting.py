"""The line before a server that writes one answer at a time."""

import asyncio
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
TASK = Task("line", try_seconds=5, total_seconds=10)


@pytest.fixture(autouse=True)
def one_at_a_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(waiting, "KEYS", [f"{key}:{uuid4().hex}" for key in waiting.KEYS])
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.02)
    settings.LLM_PARALLEL, settings.LLM_LINE = 1, 2
    yield
    store.ask(lambda redis: redis.delete(*waiting.KEYS))


async def streamed() -> list[Piece]:
    return [piece async for piece in gateway.astream(TASK, QUESTION)]


async def test_one_after_another_and_everybody_knows_their_place(provider: Behaviour) -> None:
    provider.seconds = 0.3
    running = []
    for _ in range(3):
        running.append(asyncio.create_task(streamed()))
        await asyncio.sleep(0.05)
    found = await asyncio.gather(*running)
    places = [[piece.place for piece in pieces if piece.place] for pieces in found]
    assert places == [[], [1], [2, 1]]
    assert ["".join(piece.text for piece in pieces) for pieces in found] == ["".join(WORDS)] * 3
    assert provider.most_at_once == 1


async def test_a_full_line_is_refused(provider: Behaviour) -> None:
    provider.seconds = 0.3
    running = [asyncio.create_task(streamed()) for _ in range(4)]
    done = await asyncio.gather(*running, return_exceptions=True)
    refused = [one for one in done if isinstance(one, Exhausted)]
    assert len(refused) == 1
    assert refused[0].status == 429


async def test_who_leaves_makes_room(provider: Behaviour) -> None:
    provider.seconds = 0.3
    running = [asyncio.create_task(streamed()) for _ in range(3)]
    await asyncio.sleep(0.05)
    for one in running:
        one.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert not [piece for piece in await streamed() if piece.place]


async def test_a_killed_process_is_forgotten(
    provider: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LEASE_SECONDS", 0.1)
    killed = waiting.Turn(Task("line", total_seconds=0.1))
    assert [place async for place in killed.places()] == []
    began = time.monotonic()
    assert "".join(piece.text for piece in await streamed()) == "".join(WORDS)
    assert time.monotonic() - began >= 0.1


async def test_nobody_waits_without_redis(provider: Behaviour, settings: Any) -> None:
    real, settings.REDIS_URL = settings.REDIS_URL, "unix:///nowhere/valkey.sock"
    assert len(await streamed()) == len(WORDS)
    settings.REDIS_URL = real
