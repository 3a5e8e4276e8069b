"""The line before a server that writes few answers at a time, such as the embedded one.

One line for all processes, in Redis: who came first is first, whoever has gone is forgotten, and
when it is long enough nobody is let into it. Without Redis, or without a limit, nobody waits.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from django.conf import settings
from redis import RedisError

from config.ai import store
from config.ai.calls import Task
from config.ai.metrics import REFUSED
from config.errors import Exhausted

LOOK_SECONDS = 0.2
LEASE_SECONDS = 5.0  # whoever has not looked for so long has gone
KEYS = ["line", "line:leases", "line:arrivals"]
# ARGV: token, lease (ms), longest line. Returns the place, from 0; -1 when the line is full.
_COME = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, now)) do
    redis.call('ZREM', KEYS[1], gone)
    redis.call('ZREM', KEYS[2], gone)
end
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
    redis.call('ZADD', KEYS[1], redis.call('INCR', KEYS[3]), ARGV[1])
end
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
return redis.call('ZRANK', KEYS[1], ARGV[1])
"""
_LEAVE = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
"""


class Turn:
    """One caller's stand in the line."""

    def __init__(self, task: Task) -> None:
        self._token = uuid4().hex
        self._task = task

    async def places(self) -> AsyncGenerator[int, None]:
        """Yield the place in the line, 1 for the next, whenever it changes; end when it is ours."""
        told = 0
        while (place := self._look(LEASE_SECONDS)) > 0:
            if place != told:
                told = place
                yield place
            await asyncio.sleep(LOOK_SECONDS)
        self._look(self._task.total_seconds * 2)  # nobody looks while the answer is written

    def leave(self) -> None:
        """Make room for the next."""
        with suppress(RedisError):
            store.run(_LEAVE, KEYS, self._token)

    def _look(self, lease_seconds: float) -> int:
        longest = settings.LLM_PARALLEL + settings.LLM_LINE
        try:
            place = store.run(_COME, KEYS, self._token, int(lease_seconds * 1000), longest)
        except RedisError:
            return 0
        if place < 0:
            REFUSED.labels("line").inc()
            raise Exhausted(
                "Many are asking at the moment; try again soon.", retry_after_seconds=10
            )
        return max(0, int(place) + 1 - int(settings.LLM_PARALLEL))


@contextmanager
def turn(task: Task) -> Iterator[Turn | None]:
    """Stand in the line until the block ends; None where there is no limit."""
    if not settings.LLM_PARALLEL:
        yield None
        return
    own = Turn(task)
    try:
        yield own
    finally:
        own.leave()
