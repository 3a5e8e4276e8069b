"""One follower of one conversation: what was missed first, then each event as it is stored.

Notes of the channel layer make it quick; PostgreSQL makes it whole. A note that was lost is found
out by the next one's number, or by looking again in a while.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from channels.layers import get_channel_layer
from django.db import DatabaseError
from redis import RedisError

from chat.announcing import group_of
from chat.live.threads import in_thread
from chat.queries.events import BATCH, Position, Told, chunk, events_after

LOOK_SECONDS = 3.0  # how late an event may come of which no note arrived
Note = dict[str, Any]
log = structlog.get_logger(__name__)


async def follow(position: Position) -> AsyncGenerator[Told, None]:
    """Yield the conversation's events behind the position, in order, each once; never ends."""
    async with _notes(position.public_id) as notes:
        is_behind = True  # something may have come before we heard notes
        while True:
            if is_behind:
                found = await _stored(position)
                for stored in found:
                    position = replace(position, number=stored["number"])
                    yield stored
                is_behind = len(found) == BATCH
                continue
            note = await _next(notes)
            if note is None:
                is_behind = True
            elif "place" in note:
                yield _place(position.public_id, note)
            elif note["number"] > position.number:
                is_behind = (event := _chunk(position, note)) is None
                if event is not None:
                    position = replace(position, number=note["number"])
                    yield event


async def _stored(position: Position) -> list[Told]:
    """Return the next events, as soon as the database answers."""
    while True:
        try:
            return await in_thread(events_after, position)
        except DatabaseError as error:
            log.warning("events_unread", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)


def _chunk(position: Position, note: Note) -> Told | None:
    """Return the note's chunk if it is the very next event."""
    if note["number"] != position.number + 1 or "text" not in note:
        return None
    return chunk(position.public_id, note["number"], note["message"], note["text"])


def _place(conversation_id: UUID, note: Note) -> Told:
    return {
        "type": "place",
        "conversation": conversation_id,
        "message": note["message"],
        "place": note["place"],
    }


async def _next(notes: "asyncio.Queue[Note]") -> Note | None:
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            return await notes.get()
    return None


@asynccontextmanager
async def _notes(conversation_id: UUID) -> AsyncIterator["asyncio.Queue[Note]"]:
    """Yield a queue that notes of the conversation come into while Redis answers."""
    notes: asyncio.Queue[Note] = asyncio.Queue()
    ready = asyncio.Event()
    pump = asyncio.create_task(_pump(conversation_id, notes, ready))
    await ready.wait()
    try:
        yield notes
    finally:
        pump.cancel()  # the layer ends the channel with it
        with suppress(asyncio.CancelledError):
            await pump


async def _pump(conversation_id: UUID, notes: "asyncio.Queue[Note]", ready: asyncio.Event) -> None:
    layer: Any = get_channel_layer()
    group = group_of(conversation_id)
    while True:
        channel = ""
        try:
            channel = await layer.new_channel()
            await layer.group_add(group, channel)
            ready.set()
            while True:
                notes.put_nowait(await layer.receive(channel))
        except (RedisError, OSError) as error:
            log.warning("notes_unheard", error=type(error).__name__)
            ready.set()  # it is slower without, not wrong
            await asyncio.sleep(LOOK_SECONDS)
        finally:
            with suppress(RedisError, OSError):
                await layer.group_discard(group, channel)
