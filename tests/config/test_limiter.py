"""Rate limits: exact under concurrency, not to be talked out of, and open when Redis is away."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django_redis import get_redis_connection

from config.api import limiter
from config.api.limiter import Limit, admit
from tests.client import ApiClient

TEN = Limit("ten", 10, 60)


def _admitted(rounds: int, threads: int) -> int:
    ready = threading.Barrier(threads)

    def ask(_: int) -> bool:
        ready.wait(10)
        verdict = admit([(TEN, "alice")])
        return verdict is not None and verdict.is_admitted

    with ThreadPoolExecutor(threads) as pool:
        return sum(sum(pool.map(ask, range(threads))) for _ in range(rounds))


@pytest.mark.asvs("2.4.1", "exact limits by learner and address; dear routes count more")
def test_forty_at_once_against_ten_a_minute_are_exactly_ten() -> None:
    assert _admitted(rounds=1, threads=40) == 10
    assert _admitted(rounds=2, threads=40) == 0


def test_a_window_ends() -> None:
    short = Limit("short", 1, 60)
    assert admit([(short, "a")]).is_admitted  # type: ignore[union-attr]
    refused = admit([(short, "a")])
    assert refused is not None
    assert not refused.is_admitted
    assert 0 < refused.reset_seconds <= 60
    key = cache.make_key("limit:short:a")
    assert 0 < get_redis_connection("default").pttl(key) <= 60_000
    get_redis_connection("default").pexpire(key, 0)
    assert admit([(short, "a")]).is_admitted  # type: ignore[union-attr]


def test_all_buckets_are_charged_or_none() -> None:
    wide = Limit("wide", 100, 60)
    for _ in range(12):
        verdict = admit([(wide, "school"), (TEN, "bob")])
    assert verdict is not None
    assert (verdict.limit.name, verdict.left, verdict.is_admitted) == ("ten", 0, False)
    assert int(get_redis_connection("default").get(cache.make_key("limit:wide:school"))) == 10


def test_a_dear_request_counts_more_and_is_never_locked_out() -> None:
    assert admit([(TEN, "c")], cost=25).is_admitted  # type: ignore[union-attr]
    assert not admit([(TEN, "c")], cost=1).is_admitted  # type: ignore[union-attr]


def test_the_script_is_loaded_anew_after_a_restart() -> None:
    get_redis_connection("default").script_flush()
    assert admit([(TEN, "d")]).is_admitted  # type: ignore[union-attr]


def test_a_learner_is_told_and_then_refused(api: ApiClient, bobs_api: Any, settings: Any) -> None:
    settings.RATE_LIMIT_LEARNER = 3
    answers = [api.get("/me/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"learner";q=3;w=60'
    assert answers[0]["RateLimit"].startswith('"learner";r=2;t=')
    refused = answers[-1]
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "throttled"
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["RateLimit"].startswith('"learner";r=0;t=')
    assert bobs_api.get("/me/").status_code == 200


def test_a_dear_view_costs_what_it_says(api: ApiClient, settings: Any) -> None:
    settings.RATE_LIMIT_LEARNER = 20
    assert api.get("/reviews/log/")["RateLimit"].startswith('"learner";r=0;')
    assert api.get("/me/").status_code == 429


@pytest.mark.django_db
@pytest.mark.asvs(
    "4.1.3", "as many entries of X-Forwarded-For are read as there are proxies (NUM_PROXIES)"
)
def test_a_forwarded_address_that_nobody_vouches_for_changes_nothing(settings: Any) -> None:
    settings.RATE_LIMIT_ADDRESS = 5
    answers = Counter(
        Client(headers={"x-forwarded-for": f"10.0.0.{n}, 10.1.0.{n}"}).get("/api/v1/").status_code
        for n in range(20)
    )
    assert answers == {200: 5, 429: 15}


@pytest.mark.django_db
def test_behind_a_proxy_its_own_entry_counts(settings: Any) -> None:
    settings.RATE_LIMIT_ADDRESS = 5
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    spoofed = [
        Client(headers={"x-forwarded-for": f"10.0.0.{n}, 203.0.113.9"}).get("/api/v1/").status_code
        for n in range(7)
    ]
    assert spoofed.count(200) == 5
    other = Client(headers={"x-forwarded-for": "10.0.0.1, 203.0.113.10"})
    assert other.get("/api/v1/").status_code == 200


@pytest.mark.django_db
def test_of_ipv6_the_network_counts(settings: Any) -> None:
    settings.RATE_LIMIT_ADDRESS = 5
    statuses = [
        Client(REMOTE_ADDR=f"2001:db8:1:2::{n}").get("/api/v1/").status_code for n in range(7)
    ]
    assert statuses.count(200) == 5
    assert Client(REMOTE_ADDR="2001:db8:1:3::1").get("/api/v1/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("token", [None, "Bearer nonsense"])
def test_who_is_nobody_is_counted_too(settings: Any, token: str | None) -> None:
    settings.RATE_LIMIT_ADDRESS = 5
    client = Client(headers={"authorization": token} if token else None)
    statuses = Counter(client.get("/api/v1/me/").status_code for _ in range(9))
    assert statuses == {401: 5, 429: 4}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/auth/app/v1/auth/login", "/admin/login/"])
@pytest.mark.asvs("2.4.1", "sign-in and admin, by address")
def test_sign_in_and_admin_are_counted_by_address(settings: Any, path: str) -> None:
    settings.RATE_LIMIT_ADDRESS = 2
    client = Client()
    for _ in range(2):
        assert client.post(path, {}, content_type="application/json").status_code != 429
    refused = client.post(path, {}, content_type="application/json")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


@pytest.mark.asvs("16.5.2", "limits open when Redis is away, and say so")
def test_without_redis_everybody_is_let_in_and_it_is_counted(api: ApiClient, settings: Any) -> None:
    settings.RATE_LIMIT_LEARNER = 1
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    before = limiter.OPEN._value.get()
    assert [api.get("/me/").status_code for _ in range(3)] == [200, 200, 200]
    assert limiter.OPEN._value.get() == before + 3
