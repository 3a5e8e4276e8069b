"""Calls every operation of our own schema with generated input, signed in as one learner."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
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


@dataclass
class Fuzzed:
    """What the calls came to."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """How many answers were 5xx."""
        return sum(count for status, count in self.statuses.items() if status >= 500)


def run(user: User, calls: int, seed: int) -> Fuzzed:
    """Make about so many calls as ``user``, spread over all operations of ours."""
    described = yaml.safe_load(Client().get("/api/schema/").content)
    described["paths"] = {
        path: item for path, item in described["paths"].items() if "/auth/" not in path
    }
    schema = schemathesis.openapi.from_dict(described)
    schema.app = get_wsgi_application()
    operations: list[Any] = [each.ok() for each in schema.get_all_operations()]  # type: ignore[union-attr]
    token = ApiClient(user)._client.defaults["HTTP_AUTHORIZATION"]
    found, each = Fuzzed(), max(1, calls // len(operations))
    with _undisturbed():
        for operation in operations:
            _fuzz(operation, token, each, seed, found)
    return found


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


def _fuzz(operation: Any, token: str, count: int, seed: int, found: Fuzzed) -> None:
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
        response = case.call(headers={"Authorization": token, "X-Forwarded-Proto": "https"})
        found.calls += 1
        found.statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=list(CHECKS))
        except (FailureGroup, AssertionError) as failure:
            found.problems.append(f"{operation.label} {response.status_code}: {failure}"[:1500])

    call()
