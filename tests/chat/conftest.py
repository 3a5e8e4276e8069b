"""A model that says what a test wants, a worker's turn, and the live process in a thread."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chat.live import LiveServer, live_server
from tests.exams.conftest import model

__all__ = ["model"]


@pytest.fixture
def live(transactional_db: Any) -> Iterator[LiveServer]:
    """The live process, in a thread, on sockets of its own."""
    with live_server() as server:
        yield server
