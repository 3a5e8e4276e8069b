"""Twenty callers before a half-open breaker, for `gateway`: ours over processes, and as it was."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from subprocess import PIPE
from typing import Any
from uuid import uuid4

from circuitbreaker import CircuitBreaker

from benchmarks.gateway_providers import provider, seen
from config.ai.breaker import Breaker

BODY = json.dumps({"model": "any", "messages": [{"role": "user", "content": "Hello"}]})
_CALLERS = """
import asyncio, sys, urllib.request
from config.ai.breaker import Breaker, BreakerOpen
remote = Breaker(sys.argv[1], recovery_seconds=0.01)
def call():
    try:
        with remote.attempt():
            urllib.request.urlopen(sys.argv[2], data=sys.argv[3].encode())
    except (BreakerOpen, OSError):
        pass
async def main():
    await asyncio.gather(*(asyncio.to_thread(call) for _ in range(5)))
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


def half_open(rounds: int) -> dict[str, list[float]]:
    """Return how many requests a half-open breaker lets through to a slow provider."""
    found: dict[str, list[float]] = {"half_open_calls": [], "plain_half_open_calls": []}
    for _ in range(rounds):
        found["half_open_calls"].append(ours())
        found["plain_half_open_calls"].append(theirs())
    return found


def ours() -> int:
    """Let four processes with five callers each come at once."""
    name = f"bench-{uuid4().hex}"
    open_it(Breaker(name, recovery_seconds=0.01).call)
    with provider(1.5) as url:
        command = [sys.executable, "-c", _CALLERS, name, f"{url}/chat/completions", BODY]
        callers = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE) for _ in range(4)]
        for caller in callers:
            assert caller.stdout
            caller.stdout.readline()
        for caller in callers:
            assert caller.stdin
            caller.stdin.write(b"go\n")
            caller.stdin.flush()
        for caller in callers:
            caller.communicate()
        return seen(url)


def theirs() -> int:
    """Let twenty threads of one process come to the library's own breaker."""
    breaker, tried = CircuitBreaker(recovery_timeout=0.01), list[int]()

    def call() -> None:
        tried.append(1)
        time.sleep(0.3)

    open_it(breaker.decorate(lambda call: call()))
    time.sleep(0.05)
    threads = [threading.Thread(target=breaker.decorate(call)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(tried)


def open_it(call: Callable[[Any], object]) -> None:
    """Let five calls fail."""

    def fail() -> None:
        raise ConnectionError

    for _ in range(5):
        with suppress(ConnectionError):
            call(fail)
