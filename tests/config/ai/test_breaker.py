"""The breaker: shared by all processes, one try at a time, fair to a remote that was cut short."""

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest
from circuitbreaker import CircuitBreakerError
from django.test import Client
from redis import RedisError

from config.ai import breaker as module
from config.ai import store
from config.ai.breaker import Breaker, BreakerOpen, breaker


@pytest.fixture
def name() -> Iterator[str]:
    found = f"test-{uuid4().hex}"
    yield found
    with contextlib.suppress(RedisError):
        store.ask(lambda redis: redis.srem(module.NAMES, found))


@pytest.fixture(params=["shared", "alone"])
def remote(request: pytest.FixtureRequest, name: str, settings: Any) -> Breaker:
    """A breaker with Redis, and one without."""
    if request.param == "alone":
        settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    return Breaker(name)


def fail() -> None:
    raise ConnectionError("away")


def let_it_rest(remote: Breaker) -> None:
    """Put the opening so far into the past that a try is due; no clock decides a test."""
    remote._opened -= module.RECOVERY_SECONDS
    with contextlib.suppress(RedisError):
        store.ask(lambda redis: redis.hset(f"breaker:{remote.name}", "retry_ms", 1))


def break_it(remote: Breaker, times: int = module.FAILURES) -> None:
    for _ in range(times):
        with pytest.raises(ConnectionError):
            remote.call(fail)


def test_it_opens_after_failures_in_a_row(remote: Breaker) -> None:
    break_it(remote, 4)
    assert remote.call(lambda: "fine") == "fine"
    break_it(remote, 4)
    assert remote.state == "closed"
    break_it(remote, 1)
    assert remote.state == "open"
    called: list[int] = []
    with pytest.raises(BreakerOpen) as refused:
        remote.call(called.append, 1)
    assert isinstance(refused.value, CircuitBreakerError)
    assert 0 < refused.value.retry_after_seconds <= module.RECOVERY_SECONDS
    assert called == []


def test_a_try_decides(remote: Breaker) -> None:
    break_it(remote)
    let_it_rest(remote)
    assert remote.state == "half_open"
    break_it(remote, 1)
    assert remote.state == "open"
    let_it_rest(remote)
    assert remote.call(lambda: "back") == "back"
    assert remote.state == "closed"


def test_what_does_not_count_does_not_open_it(name: str) -> None:
    remote = Breaker(name, counts=ConnectionError)
    for _ in range(module.FAILURES + 1):
        with pytest.raises(KeyError):
            remote.call(dict[str, str]().__getitem__, "wrong question")
    assert remote.state == "closed"


def test_a_call_from_before_the_fault_does_not_close_it(remote: Breaker) -> None:
    with remote.attempt():
        break_it(remote)
    assert remote.state == "open"


def test_one_try_of_many_threads(remote: Breaker) -> None:
    break_it(remote)
    let_it_rest(remote)
    tried, refused = list[int](), threading.Semaphore(0)

    def call() -> None:
        try:
            with remote.attempt():
                tried.append(1)
                for _ in range(19):  # the try lasts until all others were refused
                    assert refused.acquire(timeout=60)
        except BreakerOpen:
            refused.release()

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(tried) == 1
    assert remote.state == "closed"


_CALLERS = """
import sys, asyncio
from config.ai.breaker import Breaker, BreakerOpen
remote = Breaker(sys.argv[1])
async def call():
    try:
        with remote.attempt():
            print("called", flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    except BreakerOpen:
        print("refused", flush=True)
async def main():
    await asyncio.gather(*(call() for _ in range(5)))
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


def test_one_try_of_many_processes(name: str) -> None:
    remote = Breaker(name)
    break_it(remote)
    let_it_rest(remote)
    command = [sys.executable, "-c", _CALLERS, name]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    callers: list[Any] = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for caller in callers:
        assert caller.stdout.readline() == "ready\n"
    for caller in callers:
        caller.stdin.write("go\n")
        caller.stdin.flush()
    said = [caller.stdout.readline().strip() for caller in callers for _ in range(5)]
    assert sorted(said) == ["called", *["refused"] * 19]
    for caller in callers:
        caller.communicate()  # the end of its input ends the try
        assert caller.returncode == 0


def test_a_process_killed_in_its_try_does_not_keep_it(name: str) -> None:
    killed = Breaker(name)
    break_it(killed)
    let_it_rest(killed)
    killed._allow()
    with pytest.raises(BreakerOpen) as refused:
        killed.call(fail)
    assert 0 < refused.value.retry_after_seconds <= module.PROBE_SECONDS
    store.ask(lambda redis: redis.pexpire(f"breaker:{name}:probe", 1))
    while store.ask(lambda redis: redis.exists(f"breaker:{name}:probe")):
        pass
    assert killed.call(lambda: "back") == "back"


@pytest.mark.anyio
async def test_a_cancelled_try_counts_neither_way(remote: Breaker) -> None:
    break_it(remote)
    let_it_rest(remote)
    begun = asyncio.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(remote.call_async(hang))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert remote.state == "half_open"
    assert remote.call(lambda: "tried by the next") == "tried by the next"
    assert remote.state == "closed"


@pytest.mark.anyio
async def test_a_client_that_goes_away_counts_neither_way(remote: Breaker) -> None:
    async def words() -> AsyncIterator[str]:
        yield "one"
        yield "two"

    break_it(remote)
    let_it_rest(remote)
    stream: Any = remote.call_async_generator(words)  # type: ignore[arg-type]
    assert await anext(stream) == "one"
    await stream.aclose()
    assert remote.state == "half_open"


@pytest.mark.anyio
async def test_a_stream_that_breaks_off_counts(remote: Breaker) -> None:
    @remote
    async def words() -> AsyncIterator[str]:
        yield "one"
        fail()

    for _ in range(module.FAILURES):
        with pytest.raises(ConnectionError):
            assert [word async for word in words()] == ["one"]
    assert remote.state == "open"


def test_every_kind_of_function_is_guarded(name: str) -> None:
    guard = Breaker(name)

    @guard
    def number() -> int:
        return 1

    @guard
    def numbers() -> Iterator[int]:
        yield from (1, 2)

    @guard
    async def later() -> int:
        return 1

    assert (number(), list(numbers()), asyncio.run(later())) == (1, [1, 2], 1)
    with pytest.raises(TypeError), guard:
        pass


@pytest.mark.django_db
def test_metrics_tell_each_state(name: str) -> None:
    break_it(breaker(name))
    text = Client().get("/metrics").content.decode()
    assert f'breaker_state{{breaker="{name}"}} 2.0' in text
    assert f'breaker_opened_total{{breaker="{name}"}} 1.0' in text
    breaker(name).reset()
    assert f'breaker_state{{breaker="{name}"}} 0.0' in Client().get("/metrics").content.decode()


def test_redis_that_goes_and_returns(name: str, settings: Any) -> None:
    remote, real = Breaker(name), settings.REDIS_URL
    break_it(remote)
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    assert remote.call(lambda: "open for those who have seen nothing") is not None
    settings.REDIS_URL = real
    assert remote.state == "open"
