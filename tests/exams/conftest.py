"""A model that says what a test wants."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from config.ai import providers
from tests.llm_server import Behaviour, fault_server


@pytest.fixture
def model(settings: Any) -> Iterator[Behaviour]:
    """The only provider, answering; a breaker of its own."""
    with fault_server() as behaviour:
        settings.LLM_BASE_URL = behaviour.url
        settings.LLM_MODEL = f"model-{uuid4().hex[:8]}"
        yield behaviour
        providers.configured()[0].breaker.reset()
