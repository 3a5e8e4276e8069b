"""A conversation as server-sent events, for clients without WebSockets.

``GET /live/v1/conversations/<id>/events/?after=<number>`` with ``Authorization: Bearer``; a client
that was cut off sends ``Last-Event-ID``, or ``after``, and goes on.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from django.conf import settings

from accounts.queries.tokens import Bearer, bearer_of
from chat import metrics
from chat.access import ConversationNotFound
from chat.live.doors import (
    Receive,
    Scope,
    Send,
    TooManyConnections,
    header,
    place_for,
    reason_to_refuse,
)
from chat.live.following import follow
from chat.live.threads import in_thread
from chat.queries.events import Position, position_of
from config.api.problems import MEDIA_TYPE, body_of, plain, problem
from config.api.rendering import dump

HEARTBEAT_SECONDS = 10.0
NUMBER_MAX = 2**31 - 1


class _Refused(Exception):
    """Answered with a problem instead of a stream."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(body["detail"])
        self.body = body


async def events(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request for a conversation's events; ends when the client goes."""
    if scope["method"] == "OPTIONS" and not reason_to_refuse(scope):
        await _send(send, 204, _preflight(scope), b"")
        return
    try:
        bearer = await _bearer(scope)
        conversation_id: UUID = scope["url_route"]["kwargs"]["conversation_id"]
        position = await in_thread(position_of, bearer.learner, conversation_id, _after(scope))
        with place_for(bearer.learner.id, "sse"):
            await _begin(scope, send)
            await _stream(_lines(position, _token(scope)), receive, send)
    except _Refused as refused:
        await _refuse(scope, send, refused.body)
    except ConversationNotFound as error:
        await _refuse(scope, send, body_of(error))
    except TooManyConnections:
        await _refuse(scope, send, plain(429))


async def _bearer(scope: Scope) -> Bearer:
    if reason := reason_to_refuse(scope):
        metrics.REFUSED.labels(reason).inc()
        raise _Refused(plain(403))
    if scope["method"] != "GET":
        detail = "Only GET is answered here."
        raise _Refused(problem(405, "method_not_allowed", "Method Not Allowed", detail))
    bearer = await in_thread(bearer_of, _token(scope))
    if bearer is None:
        detail = "Send a valid access token in Authorization."
        raise _Refused(problem(401, "not_authenticated", "Unauthorized", detail))
    return bearer


def _token(scope: Scope) -> str:
    scheme, _, text = header(scope, b"authorization").partition(" ")
    return text if scheme.lower() == "bearer" else ""


def _after(scope: Scope) -> int | None:
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    text = header(scope, b"last-event-id") or asked
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or int(text[:11]) > NUMBER_MAX:
        raise _Refused(problem(400, "invalid", "Invalid input", "after is an event's number."))
    return int(text)


async def _lines(position: Position, token: str) -> AsyncGenerator[bytes, None]:
    """Yield the stream; it ends with the token, which is looked at with each heartbeat."""
    yield b"retry: 2000\n\n"
    following = follow(position)
    coming: asyncio.Task[Any] | None = None
    checked_at = time.monotonic()
    try:
        while True:
            coming = coming or asyncio.create_task(_next(following))
            done, _ = await asyncio.wait({coming}, timeout=HEARTBEAT_SECONDS)
            if time.monotonic() - checked_at >= HEARTBEAT_SECONDS:
                checked_at = time.monotonic()
                if await in_thread(bearer_of, token) is None:
                    metrics.REFUSED.labels("revoked").inc()
                    yield b"event: signed_out\ndata: {}\n\n"
                    return
                yield b": still here\n\n"
            if done:
                yield _line(coming.result())
                coming = None
    finally:
        if coming is not None:
            coming.cancel()
            with suppress(asyncio.CancelledError):
                await coming
        await following.aclose()


async def _next(following: AsyncGenerator[dict[str, Any], None]) -> dict[str, Any]:
    return await anext(following)


def _line(event: dict[str, Any]) -> bytes:
    number = f"id: {event['number']}\n" if "number" in event else ""
    return f"{number}event: {event['type']}\ndata: ".encode() + dump(event) + b"\n\n"


async def _stream(lines: AsyncGenerator[bytes, None], receive: Receive, send: Send) -> None:
    """Send the lines until they end or the client has gone."""
    gone = asyncio.create_task(_gone(receive))
    writing = asyncio.create_task(_write(lines, send))
    try:
        await asyncio.wait({gone, writing}, return_when=asyncio.FIRST_COMPLETED)
        if writing.done():
            writing.result()
    finally:
        for task in (gone, writing):
            task.cancel()
        await asyncio.gather(gone, writing, return_exceptions=True)


async def _write(lines: AsyncGenerator[bytes, None], send: Send) -> None:
    async with aclosing(lines):
        async for line in lines:
            await send({"type": "http.response.body", "body": line, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _begin(scope: Scope, send: Send) -> None:
    headers = {"content-type": "text/event-stream", "x-accel-buffering": "no"}
    start = {"type": "http.response.start", "status": 200}
    await send(start | {"headers": _encoded(headers | _shared(scope))})


async def _refuse(scope: Scope, send: Send, body: dict[str, Any]) -> None:
    headers = {"content-type": MEDIA_TYPE, "www-authenticate": "Bearer"} | _shared(scope)
    await _send(send, body["status"], headers, dump(body))


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    start = {"type": "http.response.start", "status": status, "headers": _encoded(headers)}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _shared(scope: Scope) -> dict[str, str]:
    """Return the headers of every answer; a named site's pages may read it."""
    headers = {"cache-control": "no-store", "vary": "origin", "x-content-type-options": "nosniff"}
    origin = header(scope, b"origin")
    if origin in settings.CORS_ALLOWED_ORIGINS:
        headers["access-control-allow-origin"] = origin
    return headers


def _preflight(scope: Scope) -> dict[str, str]:
    return _shared(scope) | {
        "access-control-allow-methods": "GET",
        "access-control-allow-headers": "authorization, last-event-id",
        "access-control-max-age": "86400",
    }


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
