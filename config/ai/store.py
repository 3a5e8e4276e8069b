"""The Redis database of the models' gateway: breakers, budgets, kept answers.

Nothing here may slow a call down: Redis gets a quarter of a second, and after it has failed it is
left alone for a while. Whoever asks meanwhile gets RedisError at once and goes on without it. The
calls are short enough (0.1 ms) to be made from an event loop too.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from redis import ConnectionError as RedisConnectionError
from redis import Redis, RedisError
from redis import TimeoutError as RedisTimeoutError
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.settings.base import redis_url

_T = TypeVar("_T")
PATIENCE_SECONDS = 0.25
LEFT_ALONE_SECONDS = 1.0

_away_until: dict[str, float] = {}  # monotonic, by address


class Away(RedisError):
    """Redis failed a moment ago and has not been asked."""


def ask(question: Callable[[Any], _T]) -> _T:
    """Return ``question(client)``; RedisError when Redis does not answer, or did not just now."""
    url: str = settings.REDIS_URL
    if time.monotonic() < _away_until.get(url, 0):
        raise Away("Redis did not answer a moment ago")
    try:
        return question(_client(url))
    except (RedisConnectionError, RedisTimeoutError):
        _away_until[url] = time.monotonic() + LEFT_ALONE_SECONDS
        raise


def run(script: str, keys: list[str], *arguments: Any) -> Any:
    """Run a Lua script, atomic for all processes; RedisError as in `ask`."""
    return ask(lambda client: _script(settings.REDIS_URL, script)(keys, arguments, client))


@cache
def _client(url: str) -> "Redis":
    return Redis.from_url(
        redis_url(url, "ai"),
        socket_connect_timeout=PATIENCE_SECONDS,
        socket_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


@cache
def _script(url: str, text: str) -> Any:
    return _client(url).register_script(text)
