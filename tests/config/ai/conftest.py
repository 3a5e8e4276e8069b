"""A provider that fails as told, and names nobody else uses."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from config.ai import providers
from tests.llm_server import Behaviour, fault_server


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def learner() -> UUID:
    """Somebody with an untouched budget; no row is needed."""
    return uuid4()


@pytest.fixture
def provider(settings: Any) -> Iterator[Behaviour]:
    """The only provider, answering; a breaker of its own."""
    with fault_server() as behaviour:
        settings.LLM_BASE_URL = behaviour.url
        settings.LLM_MODEL = f"model-{uuid4().hex[:8]}"
        settings.LLM_PRICES = "1/10"
        yield behaviour
        providers.configured()[0].breaker.reset()
