"""The circuit breaker round every remote: `circuitbreaker` with its state in Redis.

After five failures in a row nobody calls the remote for 30 seconds; then exactly one caller of all
processes tries it, and its outcome decides for everybody. A call that was cancelled, or whose
client went away, says nothing of the remote: it counts neither way, and frees the try. Without
Redis each process goes by what it has seen itself.

    @breaker("speech")                  any function, coroutine function or generator of either kind
    breaker("speech").call(say, text)   and call_async, call_generator, call_async_generator
    with breaker("speech").attempt():   round a block; the remote's time limit stands inside it
"""

import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from circuitbreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitBreakerMonitor,
)
from prometheus_client import Counter
from redis import RedisError

from config.ai import store

FAILURES = 5
RECOVERY_SECONDS = 30.0
PROBE_SECONDS = 120.0  # a try whose process was killed is free again after this
NAMES = "breakers"
STATES = (STATE_CLOSED, STATE_HALF_OPEN, STATE_OPEN)  # in the metric: 0, 1, 2
OPENED = Counter("breaker_opened_total", "Times a breaker has opened", ["breaker"])
REFUSED = Counter("breaker_refused_total", "Calls an open breaker kept back", ["breaker"])

_P = ParamSpec("_P")
_T = TypeVar("_T")
_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""
# KEYS: state, probe, names. ARGV: token, how long a try may take (ms), name.
_ALLOW = f"""{_NOW}
redis.call('SADD', KEYS[3], ARGV[3])
local retry = redis.call('HGET', KEYS[1], 'retry_ms')
if not retry then return {{'{STATE_CLOSED}', 0}} end
if now < tonumber(retry) then return {{'{STATE_OPEN}', retry - now}} end
local tries = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
if tries then return {{'{STATE_HALF_OPEN}', 0}} end
return {{'{STATE_OPEN}', redis.call('PTTL', KEYS[2])}}
"""
# KEYS: state, probe. ARGV: token, outcome, failures that open it, recovery (ms). 1: it has opened.
_DONE = f"""{_NOW}
local tried = redis.call('GET', KEYS[2]) == ARGV[1]
if tried then redis.call('DEL', KEYS[2]) end
if not tried and redis.call('HEXISTS', KEYS[1], 'retry_ms') == 1 then return 0 end
if ARGV[2] == 'ok' then redis.call('DEL', KEYS[1]) end
if ARGV[2] ~= 'failed' then return 0 end
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
redis.call('PEXPIRE', KEYS[1], 86400000 + ARGV[4])
if not tried and failures < tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], 'retry_ms', now + ARGV[4])
return 1
"""


class BreakerOpen(CircuitBreakerError):  # type: ignore[misc]
    """The remote is left alone for now; a try is worth it in ``retry_after_seconds``."""

    def __init__(self, breaker: "Breaker", retry_after_seconds: float) -> None:
        super().__init__(breaker)
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        return f"{self._circuit_breaker.name} is left alone for {self.retry_after_seconds:.0f} s"


@dataclass(frozen=True, slots=True)
class _Permit:
    """Leave to call; ``token`` names the caller, ``is_alone`` says that Redis knows nothing."""

    token: str
    is_alone: bool


class Breaker(CircuitBreaker):  # type: ignore[misc]
    """One remote's breaker, the same in every process that names it so."""

    FAILURE_THRESHOLD = FAILURES
    RECOVERY_TIMEOUT = RECOVERY_SECONDS

    def __init__(
        self,
        name: str,
        *,
        failures: int = FAILURES,
        recovery_seconds: float = RECOVERY_SECONDS,
        probe_seconds: float = PROBE_SECONDS,
        counts: Any = Exception,
    ) -> None:
        """``counts``: the exceptions that tell of a fault of the remote, or a predicate of two."""
        super().__init__(failures, recovery_seconds, counts, name)
        self._probe_seconds = probe_seconds
        self._lock = threading.Lock()
        self._own_probe = ("", 0.0)  # token, until when: while Redis is away
        self._keys = [f"breaker:{name}", f"breaker:{name}:probe"]
        CircuitBreakerMonitor.register(self)

    def __enter__(self) -> None:
        """Refuse: who was let through cannot be told apart in this form; use `attempt`."""
        raise TypeError("with breaker(...).attempt(): ...")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Guard the block: BreakerOpen before it when the remote is left alone."""
        permit = self._allow()
        outcome = "neutral"
        try:
            yield
            outcome = "ok"
        except Exception as error:
            if self.is_failure(type(error), error):
                outcome = "failed"
            raise
        finally:
            self._done(permit, outcome)

    def decorate(self, function: Callable[_P, Any]) -> Callable[_P, Any]:
        """Return ``function`` guarded; functions, coroutine functions, generators of both kinds."""
        call: Callable[..., Any] = self.call
        if isasyncgenfunction(function):
            call = self.call_async_generator
        elif iscoroutinefunction(function):
            call = self.call_async
        elif isgeneratorfunction(function):
            call = self.call_generator

        @wraps(function)
        def guarded(*arguments: _P.args, **named: _P.kwargs) -> Any:
            return call(function, *arguments, **named)

        return guarded

    def call(self, func: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what the function returns."""
        with self.attempt():
            return func(*args, **kwargs)

    async def call_async(
        self, func: Callable[_P, Awaitable[_T]], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """Return what the coroutine function returns."""
        with self.attempt():
            return await func(*args, **kwargs)

    def call_generator(
        self, func: Callable[_P, Iterator[_T]], *args: _P.args, **kwargs: _P.kwargs
    ) -> Iterator[_T]:
        """Yield what the generator yields; a failure on the way counts."""
        with self.attempt():
            yield from func(*args, **kwargs)

    async def call_async_generator(
        self, func: Callable[_P, AsyncGenerator[_T, None]], *args: _P.args, **kwargs: _P.kwargs
    ) -> AsyncIterator[_T]:
        """Yield what the generator yields; a failure on the way counts."""
        with self.attempt():
            async with aclosing(func(*args, **kwargs)) as elements:
                async for element in elements:
                    yield element

    @property
    def state(self) -> str:
        """Return closed, open, or half_open when the next caller would be let through."""
        try:
            return _shared_state(str(self.name))
        except RedisError:
            return str(super().state)

    def reset(self) -> None:
        """Close it, whatever it has seen."""
        with self._lock:
            super().reset()
        store.ask(lambda redis: redis.delete(*self._keys))

    def _allow(self) -> _Permit:
        token = uuid4().hex
        try:
            arguments = (token, int(self._probe_seconds * 1000), self.name)
            verdict, left_ms = store.run(_ALLOW, [*self._keys, NAMES], *arguments)
        except RedisError:
            self._allow_alone(token)
            return _Permit(token, is_alone=True)
        if verdict == STATE_OPEN:
            self._refuse(left_ms / 1000)
        return _Permit(token, is_alone=False)

    def _done(self, permit: _Permit, outcome: str) -> None:
        if not permit.is_alone:
            arguments = (self._failure_threshold, int(self._recovery_timeout * 1000))
            with suppress(RedisError):  # it may have gone meanwhile: then remember it here
                opened = store.run(_DONE, self._keys, permit.token, outcome, *arguments)
                OPENED.labels(self.name).inc(opened)
                return
        self._done_alone(permit.token, outcome)

    def _allow_alone(self, token: str) -> None:
        with self._lock:
            state, now = super().state, time.monotonic()
            if state == STATE_CLOSED:
                return
            if state == STATE_HALF_OPEN and now >= self._own_probe[1]:
                self._own_probe = (token, now + self._probe_seconds)
                return
        self._refuse(max(1.0, self.open_remaining))

    def _done_alone(self, token: str, outcome: str) -> None:
        with self._lock:
            tried = self._own_probe[0] == token
            if tried:
                self._own_probe = ("", 0.0)
            if super().state != STATE_CLOSED and not tried:
                return
            if outcome == "ok":
                super().reset()
            elif outcome == "failed":
                self._failure_count += 1
                if tried or self._failure_count >= self._failure_threshold:
                    self._state, self._opened = STATE_OPEN, time.monotonic()
                    OPENED.labels(self.name).inc()

    def _refuse(self, seconds: float) -> None:
        REFUSED.labels(self.name).inc()
        raise BreakerOpen(self, max(seconds, 0.0))


@cache
def breaker(name: str, *, counts: Any = Exception) -> Breaker:
    """Return this process's breaker of a remote; names are few and fixed: they label a metric."""
    return Breaker(name, counts=counts)


def states() -> dict[str, str]:
    """Return every breaker any process has used, with its state; RedisError without Redis."""
    names: set[str] = store.ask(lambda redis: redis.smembers(NAMES))
    return {name: _shared_state(name) for name in sorted(names)}


def _shared_state(name: str) -> str:
    def read(redis: Any) -> tuple[str | None, tuple[int, int]]:
        return redis.hget(f"breaker:{name}", "retry_ms"), redis.time()

    retry_ms, (seconds, microseconds) = store.ask(read)
    if retry_ms is None:
        return str(STATE_CLOSED)
    is_over = seconds * 1000 + microseconds // 1000 >= int(retry_ms)
    return str(STATE_HALF_OPEN if is_over else STATE_OPEN)
