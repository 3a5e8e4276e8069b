"""Alive, ready, and what is not ready."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from config.celery import app
from config.operations import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, health.Check]]:
    """The built-in checks only, and room for more."""
    own = {name: health.registered()[name] for name in ("database", "redis", "broker")}
    monkeypatch.setattr(health, "_checks", own)
    return own  # type: ignore[return-value]


def _ready() -> tuple[int, dict[str, Any]]:
    response = Client().get("/readyz")
    return response.status_code, response.json()


def test_alive_asks_nobody(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


def test_who_asks_from_inside_need_not_know_the_sites_name(
    settings: Any, checks: dict[str, health.Check]
) -> None:
    settings.ALLOWED_HOSTS = ["learn.example.org", "localhost"]
    settings.MIDDLEWARE = ["config.operations.inside.AnyHost", *settings.MIDDLEWARE]
    for host in ("10.42.0.7:8000", "web:8000"):  # a pod's address, a name of docker-compose.yml
        client = Client(headers={"host": host})
        told = [client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")]
        assert told == [200, 200, 200]
        assert client.get("/api/v1/").status_code == 400


def test_ready_when_every_part_answers(checks: dict[str, health.Check]) -> None:
    status, body = _ready()
    assert (status, body["status"]) == (200, "ready")
    assert body["parts"]["database"]["detail"].startswith("PostgreSQL ")
    assert body["parts"].keys() == {"database", "redis", "broker"}


@pytest.mark.asvs("16.2.5", "what a part says of its failure is told without its address")
def test_a_part_that_fails_is_named_and_its_secrets_are_not(checks: dict[str, Any]) -> None:
    def broken() -> str:
        raise ConnectionError("redis://user:secret@host")

    checks["model_server"] = broken
    status, body = _ready()
    assert (status, body["status"]) == (503, "not ready")
    assert body["parts"]["model_server"] == {
        "ok": False,
        "detail": "does not answer (ConnectionError)",
    }
    assert body["parts"]["database"]["ok"] is True


def test_a_part_that_hangs_does_not_hang_the_answer(
    checks: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def sleep() -> str:
        ended.wait(60)
        return "late"

    monkeypatch.setattr(health, "TIMEOUT_SECONDS", 0.5)
    checks["slow"] = checks["slower"] = sleep
    started = time.monotonic()
    status, body = _ready()
    ended.set()
    assert time.monotonic() - started < 30
    assert status == 503
    assert not body["parts"]["slow"]["ok"]
    assert not body["parts"]["slower"]["ok"]


def test_a_broker_that_is_away_is_not_ready(
    checks: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.conf, "broker_write_url", "redis+socket:///nowhere.sock")
    status, body = _ready()
    assert (status, body["parts"]["broker"]["ok"]) == (503, False)
