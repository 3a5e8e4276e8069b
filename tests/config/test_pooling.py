"""A pooled connection is asked whether it works where that is in doubt."""

import time
from typing import Any

import psycopg
import pytest
from django.db import connection

from config.settings import pooling

pytestmark = pytest.mark.django_db


def _another() -> "psycopg.Connection[Any]":
    names = {"user", "host", "port", "dbname", "password"}
    wanted = connection.get_connection_params()
    return psycopg.connect(
        **{name: value for name, value in wanted.items() if name in names}, autocommit=True
    )


def test_a_connection_that_the_server_has_closed_is_found_out() -> None:
    with _another() as one, connection.cursor() as cursor:
        pooling.check(one)
        cursor.execute("SELECT pg_terminate_backend(%s)", [one.info.backend_pid])
        ends_at = time.monotonic() + 60
        while not (is_found := _fails(one)) and time.monotonic() < ends_at:
            time.sleep(0.01)
    assert is_found


def _fails(one: "psycopg.Connection[Any]") -> bool:
    try:
        pooling.check(one)
    except psycopg.OperationalError:
        return True
    return False


def test_a_connection_that_works_is_asked_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(pooling, "_ask", asked.append)
    monkeypatch.setattr(pooling, "_ASKED_SECONDS", 3600.0)
    with _another() as one:
        for _ in range(3):
            pooling.check(one)
        assert asked == [one]
        monkeypatch.setattr(pooling, "_ASKED_SECONDS", 0.0)
        pooling.check(one)
    assert asked == [one, one]
