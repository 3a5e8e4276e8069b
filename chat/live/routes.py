"""Addresses of the live process."""

from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from chat.live.consumer import TutorConsumer
from chat.live.doors import Door, Receive, Scope, Send
from chat.live.events import events
from config.api.problems import MEDIA_TYPE, plain
from config.api.rendering import dump


async def healthz(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer that the process runs."""
    await _answer(send, 200, b"text/plain", b"ok")


async def nothing(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer that there is nothing at this address."""
    await _answer(send, 404, MEDIA_TYPE.encode(), dump(plain(404)))


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def application() -> Any:
    """Return the ASGI application."""
    http: list[Any] = [
        path("healthz", healthz),  # type: ignore[arg-type]
        path("live/v1/conversations/<uuid:conversation_id>/events/", events),  # type: ignore[arg-type]
        re_path("", nothing),  # type: ignore[arg-type]
    ]
    denied: Any = WebsocketDenier.as_asgi()
    sockets: list[Any] = [path("live/v1/", TutorConsumer.as_asgi()), re_path("", denied)]
    return ProtocolTypeRouter({"http": URLRouter(http), "websocket": Door(URLRouter(sockets))})
