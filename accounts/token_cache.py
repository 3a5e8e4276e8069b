"""What requests need to know of a token's user and device, in Redis: most ask PostgreSQL nothing.

PostgreSQL decides; an entry lives for half a minute and is put where nothing stands only. A change
overwrites the entry with a mark that keeps out what a reader has read before the change.

When Redis does not answer, everything is a miss, and stays one until the entries from before are
gone: Redis comes back with them, and a change may have happened that it could not be told of.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.core.cache import cache
from django.db import transaction
from django_redis.exceptions import ConnectionInterrupted
from prometheus_client import Counter
from redis import RedisError

ENTRY_SECONDS = 30
MARK_SECONDS = 60  # longer than any reader holds what it has read
AWAY = (RedisError, ConnectionInterrupted)
UNTOLD = Counter("token_cache_untold_total", "Changes that Redis could not be told of")
log = structlog.get_logger(__name__)

_CHANGING, _ALIVE, _REVOKED = "changing", "alive", "revoked"
_asleep_until = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """The user's row, None for a miss; ``is_revoked`` is final."""

    row: Mapping[str, Any] | None = None
    is_revoked: bool = False


def read(user_id: str, device_id: str) -> Found:
    """Return what is known of both public ids. One call of Redis."""
    if time.monotonic() < _asleep_until:
        return Found()
    user_key, device_key = _user(user_id), _device(device_id)
    try:
        entries = cache.get_many([user_key, device_key])
    except AWAY as error:
        _sleep(error)
        return Found()
    device, row = entries.get(device_key), entries.get(user_key)
    if device == _REVOKED:
        return Found(is_revoked=True)
    return Found(row if device == _ALIVE and isinstance(row, dict) else None)


def fill(user_id: str, device_id: str, row: Mapping[str, Any]) -> None:
    """Keep what PostgreSQL has just said, unless an entry or a mark is there."""

    def put() -> None:
        cache.add(_user(user_id), dict(row), ENTRY_SECONDS)
        cache.add(_device(device_id), _ALIVE, ENTRY_SECONDS)

    if time.monotonic() >= _asleep_until:
        _try(put)


def forget_user(user_id: UUID) -> None:
    """The user's row changes with this transaction: mark it now, and again when it is stored."""

    def mark() -> None:
        cache.set(_user(str(user_id)), _CHANGING, MARK_SECONDS)

    _tell(mark)
    transaction.on_commit(lambda: _tell(mark))


def revoke_device(device_id: UUID, *, seconds: int) -> None:
    """The device is revoked with this transaction; refuse it unasked for so many seconds."""
    key = _device(str(device_id))
    _tell(lambda: cache.set(key, _CHANGING, MARK_SECONDS))
    transaction.on_commit(lambda: _tell(lambda: cache.set(key, _REVOKED, seconds)))


def erase(user_id: UUID) -> None:
    """Remove the entry of a user who is no more."""
    cache.delete(_user(str(user_id)))


def _tell(say: Callable[[], object]) -> None:
    if not _try(say):
        UNTOLD.inc()


def _try(say: Callable[[], object]) -> bool:
    try:
        say()
    except AWAY as error:
        _sleep(error)
        return False
    return True


def _sleep(error: Exception) -> None:
    global _asleep_until  # noqa: PLW0603  one a process
    _asleep_until = time.monotonic() + ENTRY_SECONDS
    log.warning("token_cache_away", error=type(error).__name__)


def _user(user_id: str) -> str:
    return f"token-user:{user_id}"


def _device(device_id: str) -> str:
    return f"token-device:{device_id}"
