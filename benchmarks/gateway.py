"""What the door before the models costs and gives: beside plain LangChain calls in the same run.

    make bench NAME=gateway

The providers speak the real protocol, in processes of their own. Three interleaved rounds, medians.
The last line is JSON:

- overhead_cpu_ms: CPU of one answer through the gateway beyond that of LangChain alone
- fallback_p95_ms: a kept answer while the breaker is open; plain_error_ms: LangChain's error then
- half_open_calls: requests that reach a provider when 20 callers in 4 processes come to a breaker
  that is half open; plain_half_open_calls: with `circuitbreaker` as it is, in one process
- answered_share: of questions at a provider that fails 20 % (by a kept answer too: kept_share);
  plain_answered_share: LangChain with its own two retries
- ten_chats_ratio: ten streams at once on a provider that takes five seconds, beside one
- others_p95_ratio: GET /reviews/due/ of another learner meanwhile, beside without
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from statistics import median
from typing import Any
from uuid import uuid4

from benchmarks.gateway_breaker import half_open
from benchmarks.gateway_chats import chats
from benchmarks.gateway_providers import (
    attempted,
    p95,
    plain,
    provider,
    question,
    task,
    timed,
    use,
    use_dead,
)
from benchmarks.record_review import free_port, web_process
from config.embedded.servers import temporary_servers

ROUNDS = 3
CALLS = 150  # a round, of each
FAULTY_SHARE = 0.2
FAULTS = ("429", "500", "malformed", "empty", "reset", "cut", "hang")
CHAT_SECONDS = 5.0
CEILINGS = {
    "overhead_cpu_ms": 2,
    "fallback_p95_ms": 50,
    "half_open_calls": 1,
    "ten_chats_ratio": 1.3,
    "others_p95_ratio": 1.2,
}
ANSWERED_SHARE = 0.99


async def cpu_ms(call: Callable[[int], Awaitable[Any]], count: int) -> float:
    """Return the CPU of one call in this process."""
    before = time.process_time()
    for number in range(count):
        await call(number)
    return (time.process_time() - before) / count * 1000


async def overhead() -> dict[str, list[float]]:
    """Return each round's CPU through the gateway and without."""
    from config.ai import gateway

    learner, ours, model = uuid4(), task("overhead"), plain(max_retries=0)

    async def asked(number: int) -> None:
        answer = await gateway.aask(ours, question(number), learner=learner)
        assert not answer.is_cached

    async def invoked(number: int) -> None:
        await model.ainvoke(question(number), max_tokens=80, temperature=0.2)

    await cpu_ms(asked, 20)
    await cpu_ms(invoked, 20)
    found: dict[str, list[float]] = {"gateway_cpu_ms": [], "langchain_cpu_ms": []}
    for _ in range(ROUNDS):
        found["langchain_cpu_ms"].append(await cpu_ms(invoked, CALLS))
        found["gateway_cpu_ms"].append(await cpu_ms(asked, CALLS))
    pairs = zip(found["gateway_cpu_ms"], found["langchain_cpu_ms"], strict=True)
    return found | {"overhead_cpu_ms": [ours - theirs for ours, theirs in pairs]}


def fallbacks() -> dict[str, list[float]]:
    """Keep answers, stop the provider, and time what callers get; and the peer's error."""
    from config.ai import gateway

    ours = task("fallback")
    for number in range(20):
        gateway.ask(ours, question(number))
    use_dead()
    for number in range(3):
        gateway.ask(ours, question(number))  # opens the breaker
    found: dict[str, list[float]] = {"fallback_p95_ms": [], "plain_error_ms": []}
    model = plain()
    for _ in range(ROUNDS):
        times = [timed(partial(gateway.ask, ours, question(n))) for n in range(CALLS)]
        found["fallback_p95_ms"].append(p95(times))
        errors = [timed(partial(attempted, model)) for _ in range(3)]
        found["plain_error_ms"].append(median(errors))
    return found


async def shares() -> dict[str, list[float]]:
    """Return which shares of questions are answered at a provider that fails now and then."""
    from config.ai import gateway

    ours = task("shares", try_seconds=1.0)
    found: dict[str, list[float]] = {
        name: [] for name in ("answered_share", "kept_share", "plain_answered_share")
    }
    peer = plain(timeout=1.0)
    for _ in range(ROUNDS):
        answers = [await answered(gateway.aask(ours, question(n))) for n in range(CALLS)]
        found["answered_share"].append(sum(a is not None for a in answers) / CALLS)
        kept = sum(a is not None and a.is_cached for a in answers)
        found["kept_share"].append(kept / CALLS)
        plainly = [await asyncio.to_thread(attempted, peer) for _ in range(CALLS)]
        found["plain_answered_share"].append(sum(plainly) / CALLS)
    return found


async def answered(call: Awaitable[Any]) -> Any:
    """Return the answer; None when there is none."""
    from config.errors import Unavailable

    try:
        return await call
    except Unavailable:
        return None


def measure() -> dict[str, list[float]]:
    """Return each round's values."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.LLM_CALLS_PER_MINUTE = settings.LLM_TOKENS_PER_DAY = 10**9  # counted, never reached
    call_command("migrate", verbosity=0)
    found: dict[str, list[float]] = {}
    with provider() as url:
        use(url)
        found |= asyncio.run(overhead())
        say(found)
        found |= fallbacks()
        say(found)
    found |= half_open(ROUNDS)
    say(found)
    with provider(0, FAULTY_SHARE, *FAULTS) as url:
        use(url)
        found |= asyncio.run(shares())
        say(found)
    with provider(CHAT_SECONDS) as url:
        use(url)
        found |= chats(ROUNDS)
    return found


def say(found: Mapping[str, Sequence[float]]) -> None:
    """Show what there is so far."""
    shown = {name: [round(value, 3) for value in values] for name, values in found.items()}
    sys.stderr.write(json.dumps(shown) + "\n")


def is_ok(figures: Mapping[str, float]) -> bool:
    """Hold the figures against the bars."""
    return figures["answered_share"] >= ANSWERED_SHARE and all(
        figures[name] <= bar for name, bar in CEILINGS.items()
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    argparse.ArgumentParser(
        description="What the door before the models costs and gives."
    ).parse_args(arguments)
    os.environ |= {"RESEE_PORT": str(free_port()), "LOG_LEVEL": "ERROR"}
    os.environ |= dict.fromkeys(("RATE_LIMIT_LEARNER", "RATE_LIMIT_ADDRESS"), "1000000")
    with temporary_servers() as root:
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        with web_process(root):
            raw = measure()
    figures = {name: median(values) for name, values in raw.items()}
    figures["half_open_calls"] = max(raw["half_open_calls"])
    figures["answered_share"] = min(raw["answered_share"])
    figures["ten_chats_ratio"] = figures["ten_chats_s"] / figures["one_chat_s"]
    figures["others_p95_ratio"] = figures["others_p95_ms"] / figures["others_idle_p95_ms"]
    ok = is_ok(figures)
    rounded = {name: [round(value, 3) for value in values] for name, values in raw.items()}
    shown = {name: round(value, 3) for name, value in figures.items()}
    about = {"raw": rounded, "n": CALLS, "rounds": ROUNDS, "seed": 7, "ok": ok}
    sys.stdout.write(json.dumps({"name": "gateway", **shown, **about}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
