"""The cast and the tools every test may use."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from tests import make
from tests.client import ApiClient

pytest_plugins = ["tests.database", "tests.scheduling"]


@pytest.fixture(autouse=True)
def own_cache_keys(settings: Any) -> None:
    """Every test has cache keys of its own: no rate limit or entry reaches the next test."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}}


@pytest.fixture
def alice(db: Any) -> User:
    return make.user("alice@example.com")


@pytest.fixture
def bob(db: Any) -> User:
    return make.user("bob@example.com")


@pytest.fixture
def learner(alice: User) -> Learner:
    """Alice, as commands and queries see her."""
    return learner_of(alice)


@pytest.fixture
def api(alice: User) -> ApiClient:
    """Alice, signed in, over HTTP."""
    return ApiClient(alice)


@pytest.fixture
def bobs_api(bob: User) -> ApiClient:
    """Bob, signed in, over HTTP."""
    return ApiClient(bob)


@pytest.fixture
def anonymous() -> Client:
    """Nobody, over HTTP."""
    return Client()
