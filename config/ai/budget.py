"""What one learner may take: calls a minute, tokens a day. One atomic script decides.

A call reserves what it may take at most, and gives back what it did not take. Without Redis
nobody is refused.
"""

from dataclasses import dataclass
from math import ceil
from uuid import UUID

import structlog
from django.conf import settings
from redis import RedisError

from config.ai import store
from config.ai.metrics import REFUSED
from config.errors import Exhausted

log = structlog.get_logger(__name__)
# KEYS: calls of this minute, tokens of this day. ARGV: calls and tokens allowed (0: any), tokens.
_RESERVE = """
local calls = tonumber(redis.call('GET', KEYS[1]) or 0)
if tonumber(ARGV[1]) > 0 and calls >= tonumber(ARGV[1]) then
    return {'calls', redis.call('PTTL', KEYS[1])}
end
local tokens = tonumber(redis.call('GET', KEYS[2]) or 0)
if tonumber(ARGV[2]) > 0 and tokens + ARGV[3] > tonumber(ARGV[2]) then
    return {'tokens', redis.call('PTTL', KEYS[2])}
end
if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], 60000) end
redis.call('INCRBY', KEYS[2], ARGV[3])
if redis.call('PTTL', KEYS[2]) < 0 then redis.call('PEXPIRE', KEYS[2], 86400000) end
return {'', 0}
"""
# KEYS: tokens. ARGV: tokens to give back. The day may be over meanwhile.
_GIVE_BACK = """
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECRBY', KEYS[1], ARGV[1]) end
"""
_REASONS = {
    "calls": "You have asked very often in the last minute.",
    "tokens": "You have used up what the language model writes for one learner a day.",
}


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a call may take; `settle` it with what it took."""

    learner: UUID | None
    tokens: int

    def settle(self, used: int) -> None:
        """Give back what was not taken; what was taken beyond the reservation counts too."""
        if self.learner is None or used == self.tokens:
            return
        try:
            store.run(_GIVE_BACK, [_keys(self.learner)[1]], self.tokens - used)
        except RedisError as error:
            log.warning("budget_unwritable", error=type(error).__name__)


def reserve(learner: UUID | None, tokens: int) -> Reservation:
    """Take ``tokens`` from the learner's day; Exhausted (429) says which limit is reached."""
    if learner is None:
        return Reservation(None, tokens)
    limits = (settings.LLM_CALLS_PER_MINUTE, settings.LLM_TOKENS_PER_DAY)
    try:
        reason, left_ms = store.run(_RESERVE, _keys(learner), *limits, tokens)
    except RedisError as error:
        log.warning("budget_unreadable", error=type(error).__name__)
        return Reservation(None, tokens)
    if reason:
        REFUSED.labels(reason).inc()
        seconds = ceil(left_ms / 1000) if left_ms > 0 else 86_400
        raise Exhausted(_REASONS[reason], retry_after_seconds=seconds)
    return Reservation(learner, tokens)


def forget(learner: UUID) -> None:
    """Forget what the learner has used."""
    store.ask(lambda redis: redis.delete(*_keys(learner)))


def _keys(learner: UUID) -> list[str]:
    return [f"calls:{learner}", f"tokens:{learner}"]
