"""The write-behind cache of a learner's own figures in Redis: validated, never trusted.

An entry holds the figures as of the learner's n-th fact. A reader takes it only if the learner's
clock stands at n and the day is the learner's today; a writer, after its commit, applies its own
fact to an entry that stands just before it and removes any other. What is lost, late, doubled or
evicted can therefore only be a miss.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from django.core.cache import cache
from django_redis import get_redis_connection
from redis import RedisError

from config.cache import run_script
from config.metrics import count_cache_read
from review.models import ReviewHistory
from review.ratings import Rating

FORMAT = 1  # of an entry; another one is a miss
TTL_SECONDS = 86_400
FIGURES = ("review_count", "again_count", "hard_count", "good_count", "easy_count", "taken_ms")
log = structlog.get_logger(__name__)

_APPLY = """
local at = redis.call('HMGET', KEYS[1], 'format', 'seq', 'day')
if at[1] ~= ARGV[1] or at[3] ~= ARGV[3] or tonumber(at[2]) ~= tonumber(ARGV[2]) - 1 then
    return redis.call('DEL', KEYS[1])
end
local before = tonumber(redis.call('HGET', KEYS[1], 'today_review_count'))
for index = 4, #ARGV, 2 do
    redis.call('HINCRBY', KEYS[1], 'today_' .. ARGV[index], ARGV[index + 1])
    redis.call('HINCRBY', KEYS[1], 'month_' .. ARGV[index], ARGV[index + 1])
end
local after = tonumber(redis.call('HGET', KEYS[1], 'today_review_count'))
if before == 0 and after > 0 then redis.call('HINCRBY', KEYS[1], 'streak_days', 1) end
if before > 0 and after == 0 then redis.call('HINCRBY', KEYS[1], 'streak_days', -1) end
redis.call('HSET', KEYS[1], 'seq', ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one learner's reviews add up to: today, in 30 days, and days in a row."""

    today: Mapping[str, int]
    month: Mapping[str, int]
    streak_days: int


def read(user_id: int, *, seq: int, day: date) -> Figures | None:
    """Return the figures as of the learner's ``seq``-th fact and ``day``; None is a miss."""
    try:
        entry: dict[bytes, bytes] = get_redis_connection("default").hgetall(_key(user_id))
    except RedisError as error:
        log.warning("statistics_cache_unreadable", error=type(error).__name__)
        entry = {}
    wanted = _stamp(seq, day)
    is_hit = all(entry.get(name.encode()) == value.encode() for name, value in wanted.items())
    count_cache_read("statistics", hits=int(is_hit), misses=int(not is_hit))
    if not is_hit:
        return None
    figures = {name.decode(): int(value) for name, value in entry.items() if name != b"day"}
    return Figures(
        today={name: figures[f"today_{name}"] for name in FIGURES},
        month={name: figures[f"month_{name}"] for name in FIGURES},
        streak_days=figures["streak_days"],
    )


def fill(user_id: int, figures: Figures, *, seq: int, day: date) -> None:
    """Store figures that were read exactly as of ``seq``."""
    entry: dict[str, Any] = {**_stamp(seq, day), "streak_days": figures.streak_days}
    entry |= {f"today_{name}": figures.today.get(name, 0) for name in FIGURES}
    entry |= {f"month_{name}": figures.month.get(name, 0) for name in FIGURES}
    try:
        with get_redis_connection("default").pipeline() as pipeline:
            pipeline.delete(_key(user_id)).hset(_key(user_id), mapping=entry)
            pipeline.expire(_key(user_id), TTL_SECONDS).execute()
    except RedisError as error:
        log.warning("statistics_cache_unwritable", error=type(error).__name__)


def publish(row: ReviewHistory, *, seq: int) -> None:
    """Apply one committed fact, the learner's ``seq``-th, or remove the entry. One call."""
    deltas = dict.fromkeys(FIGURES, 0)
    if row.rating is not None:
        deltas["review_count"] = row.sign
        deltas[f"{Rating(row.rating).name.lower()}_count"] = row.sign
        deltas["taken_ms"] = row.sign * row.taken_ms
    stamp = _stamp(seq, row.local_day)
    arguments = [*stamp.values(), *(part for pair in deltas.items() for part in pair)]
    try:
        run_script(_APPLY, [_key(row.user_id)], arguments)
    except RedisError as error:
        log.warning("statistics_cache_unwritable", error=type(error).__name__)


def forget(user_id: int) -> None:
    """Remove the learner's entry, as after an import: many facts are not worth applying."""
    try:
        get_redis_connection("default").delete(_key(user_id))
    except RedisError as error:
        log.warning("statistics_cache_unwritable", error=type(error).__name__)


def forget_all() -> None:
    """Remove everybody's entries; raises RedisError, for then they may still be there."""
    redis = get_redis_connection("default")
    for key in redis.scan_iter(match=cache.make_key("stats:*"), count=1000):
        redis.delete(key)


def _stamp(seq: int, day: date) -> dict[str, str]:
    return {"format": str(FORMAT), "seq": str(seq), "day": day.isoformat()}


def _key(user_id: int) -> str:
    return cache.make_key(f"stats:{{{user_id}}}")
