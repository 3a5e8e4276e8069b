"""Django's cache on Redis, with hits and misses counted, and scripts that run in it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache as once
from typing import Any, TypeVar

from django.core.cache import cache
from django_redis import get_redis_connection
from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted
from redis.commands.core import Script
from redis.exceptions import RedisError

from config.metrics import count_cache_read

_NOTHING = object()
Made = TypeVar("Made")


class MeasuredCache(RedisCache):  # type: ignore[misc]
    """As django-redis's cache; reads are counted under the name ``default``."""

    def get(self, key: Any, default: Any = None, **options: Any) -> Any:
        """Return the value, or ``default``."""
        value = super().get(key, _NOTHING, **options)
        is_hit = value is not _NOTHING
        count_cache_read("default", hits=int(is_hit), misses=int(not is_hit))
        return value if is_hit else default

    def get_many(self, keys: Iterable[Any], *args: Any, **options: Any) -> dict[Any, Any]:
        """Return what is there of ``keys``."""
        wanted = list(keys)
        found: dict[Any, Any] = super().get_many(wanted, *args, **options)
        count_cache_read("default", hits=len(found), misses=len(wanted) - len(found))
        return found


def kept_or_made(key: str, seconds: int, make: Callable[[], Made]) -> Made:
    """Return what is kept under the key, else make it and keep it; Redis may be away."""
    try:
        kept: Made | None = cache.get(key)
    except (RedisError, ConnectionInterrupted):
        return make()
    if kept is None:
        kept = make()
        with suppress(RedisError, ConnectionInterrupted):
            cache.set(key, kept, seconds)
    return kept


def run_script(text: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
    """Run a Lua script on the cache's server, by its hash: the text is sent once a server.

    Raises RedisError.
    """
    return _script(text)(keys, arguments, client=get_redis_connection("default"))


@once
def _script(text: str) -> Script:
    script: Script = get_redis_connection("default").register_script(text)
    return script
