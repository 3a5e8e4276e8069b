"""What few may hold at once, and what fewest hold: counted in Redis over all processes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import sample
from time import sleep, time
from uuid import uuid4

import structlog
from django.core.cache import cache
from django.db import connection
from django_redis import get_redis_connection
from redis import Redis, RedisError

from config.cache import run_script

_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[1] + ARGV[3], ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
# KEYS: one a name. Takes the one that fewest hold, and of equals the first; returns its number.
_TAKE_LEAST = """
local best, fewest = 1, nil
for i, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[1])
    local held = redis.call('ZCARD', key)
    if not fewest or held < fewest then best, fewest = i, held end
end
redis.call('ZADD', KEYS[best], ARGV[1] + ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[best], ARGV[2])
return best
"""
log = structlog.get_logger(__name__)


@contextmanager
def place(name: str, *, count: int, seconds: int) -> Iterator[bool]:
    """Hold one of ``count`` places, if there is one; without Redis there is none.

    A place whose process died is free again after ``seconds``.
    """
    key, token = cache.make_key(f"places:{name}"), str(uuid4())
    is_taken = False
    try:
        is_taken = bool(run_script(_TAKE, [key], [time(), count, seconds, token]))
    except RedisError as error:
        log.warning("places_not_counted", exc_info=error)
    try:
        yield is_taken
    finally:
        if is_taken:
            _give_back(key, token)


@contextmanager
def least_used(group: str, names: Sequence[str], *, seconds: int) -> Iterator[str]:
    """Hold the name that fewest hold at the moment, over all processes; without Redis any."""
    among = sample(names, len(names))  # equals take turns
    keys, token = [cache.make_key(f"used:{group}:{name}") for name in among], str(uuid4())
    number = 0
    if len(names) > 1:
        try:
            number = run_script(_TAKE_LEAST, keys, [time(), seconds, token]) - 1
        except RedisError as error:
            log.warning("least_used_not_counted", exc_info=error)
    try:
        yield among[number]
    finally:
        if len(names) > 1:
            _give_back(keys[number], token)


def _give_back(key: str, token: str) -> None:
    try:
        _redis().zrem(key, token)
    except RedisError as error:
        log.warning("place_not_given_back", exc_info=error)


def pause(seconds: float) -> None:
    """Wait between two looks; the database connection is the pool's meanwhile."""
    if not connection.in_atomic_block:
        connection.close()
    sleep(seconds)


def _redis() -> Redis:
    client: Redis = get_redis_connection("default")
    return client
