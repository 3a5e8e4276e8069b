"""When a pooled database connection is asked whether it still works: not before every request."""

import select
import time
from typing import Any
from weakref import WeakKeyDictionary

from psycopg_pool import ConnectionPool

_ASKED_SECONDS = 10.0
_ask = ConnectionPool.check_connection
_asked_at: WeakKeyDictionary[Any, float] = WeakKeyDictionary()


def check(connection: Any) -> None:
    """Raise for a connection that does not work; what the server has closed is known unasked.

    Then the socket has something to read, and between requests it has nothing else. A server that
    went without a word is found by asking, every ten seconds.
    """
    socket, now = select.poll(), time.monotonic()
    socket.register(connection.fileno(), select.POLLIN)
    if socket.poll(0) or now - _asked_at.get(connection, -_ASKED_SECONDS) >= _ASKED_SECONDS:
        _ask(connection)
        _asked_at[connection] = now


def install() -> None:
    """Let every pool check so: Django names the method, and takes no other."""
    setattr(ConnectionPool, "check_connection", staticmethod(check))  # noqa: B010  untyped
