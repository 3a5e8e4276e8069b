"""Refresh tokens under races and replays, and what one look at a token costs."""

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import token_cache, tokens
from accounts.commands.devices import revoke_device
from accounts.models import Device, User
from accounts.queries.learners import learner_of
from tests.client import log_in

RACES, RACERS = 10, 8
ROUNDS = 3
DENY_LIMIT_MS = 5.0
REFRESH = "/api/v1/auth/app/v1/tokens/refresh"


def figures(seed: int, count: int) -> dict[str, Any]:
    """Return the figures; every refresh is a whole HTTP request through the middleware."""
    source = random.Random(seed)
    accepted = sum(_race(f"racer{number}@example.com", source) for number in range(RACES))
    alive = Device.objects.filter(revoked_at=None).count()
    return {
        "refresh_races": RACES,
        "refresh_racers": RACERS,
        "refresh_accepted": accepted,
        "families_alive": alive,
        "replays": count,
        "replays_accepted": _replays(count),
        **_reads(count),
    }


def holds(figures: dict[str, Any]) -> bool:
    """Tell whether each race has one winner, no replay any, and the deny-list answers in time."""
    return bool(
        figures["refresh_accepted"] == RACES
        and figures["families_alive"] == 0
        and figures["replays_accepted"] == 0
        and figures["revoked_read_ms"] < DENY_LIMIT_MS
    )


def _refresh(token: str) -> bool:
    body = {"refresh_token": token}
    client = Client(headers={"host": "127.0.0.1"})
    status = client.post(REFRESH, body, content_type="application/json").status_code
    if status not in {200, 400}:
        raise RuntimeError(f"a refresh was answered {status}, not decided")
    return status == 200


def _race(email: str, source: random.Random) -> int:
    token = log_in(User.objects.create_user(email))[1].refresh
    barrier = Barrier(RACERS)
    delays = [source.random() * 0.002 for _ in range(RACERS)]

    def run(delay: float) -> bool:
        try:
            barrier.wait()
            time.sleep(delay)
            return _refresh(token)
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        return sum(pool.map(run, delays))


def _replays(count: int) -> int:
    token = log_in(User.objects.create_user("replayed@example.com"))[1].refresh
    if not _refresh(token):
        raise RuntimeError("a new refresh token was not accepted")
    return sum(_refresh(token) for _ in range(count))


def _reads(count: int) -> dict[str, float]:
    user = User.objects.create_user("reader@example.com")
    good, revoked = log_in(user)[1].access, log_in(user)[1].access
    device = Device.objects.filter(user=user).latest("pk")
    revoke_device(learner=learner_of(user), device_id=device.public_id, now=timezone.now())
    known: dict[str, list[float]] = {"revoked_read": [], "good_read": [], "good_database": []}
    for _ in range(ROUNDS):
        known["revoked_read"] += _timed(revoked, count, expected=False)
        known["good_read"] += _timed(good, count, expected=True)
        token_cache._asleep_until = time.monotonic() + 3600  # noqa: SLF001  as if it were away
        known["good_database"] += _timed(good, count, expected=True)
        token_cache._asleep_until = 0.0  # noqa: SLF001
    cache.clear()
    return {
        f"{name}_{kind}": round(value, 3)
        for name, times in known.items()
        for kind, value in (("ms", statistics.median(times)), ("p99_ms", _p99(times)))
    }


def _timed(token: str, count: int, *, expected: bool) -> list[float]:
    times = []
    for _ in range(count):
        started = time.perf_counter()
        found = tokens.check(token)
        times.append((time.perf_counter() - started) * 1000)
        if (found is not None) != expected:
            raise RuntimeError("the check of an access token was wrong")
    return times


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]
