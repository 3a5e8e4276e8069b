"""The demo says in one line what went wrong."""

import socket
from contextlib import closing
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from config.demo.client import DemoFailed, Learner
from tests import make


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_product_that_does_not_run_is_told_with_the_command_that_starts_it() -> None:
    with pytest.raises(CommandError, match="start it with `make run`"):
        call_command("demo", url=f"http://127.0.0.1:{_closed_port()}", password="any")


@pytest.mark.django_db(transaction=True)
def test_a_wrong_password_is_one_line(live_server: Any, alice: Any) -> None:
    with (
        closing(Learner(live_server.url)) as learner,
        pytest.raises(DemoFailed, match="cannot log in"),
    ):
        learner.log_in(alice.email, "not-the-password")


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_told_with_its_reason(live_server: Any) -> None:
    make.member("mina@example.com", "a-long-enough-secret")
    with closing(Learner(live_server.url)) as learner:
        learner.log_in("mina@example.com", "a-long-enough-secret")
        with pytest.raises(DemoFailed, match=r"POST /categories/ answered 400: .*required"):
            learner.post("/categories/", {})
