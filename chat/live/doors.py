"""Who is let in: pages of ours or of a named site, over TLS where it is required, not too many.

A browser says in Origin which page opens the connection; a program that is no browser says nothing
there, and has to show a token all the same.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from chat import metrics

CONNECTIONS_MAX = 1000  # a process
PER_LEARNER_MAX = 10  # a process
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_by_learner: dict[int, int] = {}


class TooManyConnections(Exception):
    """The process, or the learner, has all that are allowed."""


def header(scope: Scope, name: bytes) -> str:
    """Return a request header's value; empty without it."""
    found: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())
    return next((value.decode("latin-1") for key, value in found if key == name), "")


def reason_to_refuse(scope: Scope) -> str:
    """Return why the connection is not let in, in one word; empty when it is."""
    host = header(scope, b"host")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return "host"
    if settings.SECURE_SSL_REDIRECT and not _is_secure(scope):
        return "plain"
    origin = header(scope, b"origin")
    own = urlsplit(origin).netloc == host
    return "" if not origin or own or origin in settings.CORS_ALLOWED_ORIGINS else "origin"


def _is_secure(scope: Scope) -> bool:
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return scope.get("scheme") in {"https", "wss"}
    name, value = settings.SECURE_PROXY_SSL_HEADER
    sent = header(scope, name.removeprefix("HTTP_").replace("_", "-").lower().encode())
    return bool(sent.partition(",")[0].strip() == value)


class Door:
    """ASGI: refuses WebSockets before they are accepted; server-sent events ask by themselves."""

    def __init__(self, application: App) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the connection in, or deny it with 403."""
        if reason := reason_to_refuse(scope):
            metrics.REFUSED.labels(reason).inc()
            denier: Any = WebsocketDenier()
            await denier(scope, receive, send)
            return
        await self._application(scope, receive, send)


@contextmanager
def place_for(learner_id: int, kind: str) -> Iterator[None]:
    """Count one connection of a learner while the block runs; TooManyConnections."""
    held = _by_learner.get(learner_id, 0)
    if held >= PER_LEARNER_MAX or open_count() >= CONNECTIONS_MAX:
        metrics.REFUSED.labels("many").inc()
        raise TooManyConnections
    _by_learner[learner_id] = held + 1
    metrics.LISTENERS.labels(kind).inc()
    try:
        yield
    finally:
        metrics.LISTENERS.labels(kind).dec()
        _by_learner[learner_id] -= 1
        if not _by_learner[learner_id]:
            del _by_learner[learner_id]


def open_count() -> int:
    """Return how many connections of learners this process holds."""
    return sum(_by_learner.values())
