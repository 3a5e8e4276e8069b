"""Calls every operation of the schema with generated input, signed in as one learner."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import hypothesis
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client, override_settings
from hypothesis import HealthCheck, Phase
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from accounts.models import User
from tests.client import ApiClient

CHECKS = (
    schemathesis.checks.not_a_server_error,
    checks.response_schema_conformance,
    checks.content_type_conformance,
)
_LOGGED_OUT = {401, 410}


@dataclass
class Fuzzed:
    """What the calls came to."""

    operations: int = 0
    calls: int = 0
    sign_in_calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """How many answers were 5xx."""
        return sum(count for status, count in self.statuses.items() if status >= 500)


@dataclass
class _SignedIn:
    """A learner who logs in again after each call that may have logged them out."""

    user: User
    token: str = ""

    def headers(self) -> dict[str, str]:
        if not self.token:
            self.user.refresh_from_db()  # its tokens have another version now
            self.token = ApiClient(self.user)._client.defaults["HTTP_AUTHORIZATION"]
        return {"Authorization": self.token, "X-Forwarded-Proto": "https"}


def run(user: User, calls: int, seed: int) -> Fuzzed:
    """Make so many calls or a few more as ``user``, spread over all operations, allauth's too.

    Attempts at signing in are not counted meanwhile, or the first ten would be all that is tried.
    """
    schema = schemathesis.openapi.from_dict(yaml.safe_load(Client().get("/api/schema/").content))
    schema.app = _read_to_its_end
    operations: list[Any] = [each.ok() for each in schema.get_all_operations()]  # type: ignore[union-attr]
    found, learner = Fuzzed(operations=len(operations)), _SignedIn(user)
    with _undisturbed(), override_settings(ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False):
        while found.calls < calls:  # some operations have little to vary
            each = max(1, (calls - found.calls) // len(operations))
            for operation in operations:
                _fuzz(operation, learner, each, seed, found)
            seed += 1
    return found


def _read_to_its_end(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The product; the client here would leave open what is streamed."""
    answer = _application()(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        if hasattr(answer, "close"):
            answer.close()


_application = cache(get_wsgi_application)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the connection, which may be in a test's transaction, and log nothing."""
    logging.disable(logging.CRITICAL)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        yield
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)
        logging.disable(logging.NOTSET)


def _fuzz(operation: Any, learner: _SignedIn, count: int, seed: int, found: Fuzzed) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def call(case: Any) -> None:
        if found.calls % 2:  # a generated session would hide who is signed in by the token
            case.headers.pop("X-Session-Token", None)
        response = case.call(headers=learner.headers())
        if response.status_code in _LOGGED_OUT or operation.method.lower() == "delete":
            learner.token = ""
        found.calls += 1
        found.sign_in_calls += "/auth/" in operation.path
        found.statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=list(CHECKS))
        except (FailureGroup, AssertionError) as failure:
            found.problems.append(f"{operation.label} {response.status_code}: {failure}"[:1500])

    call()
