"""What changes while Redis is dead holds then, and when Redis is back with what it knew."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from accounts import token_cache
from accounts.commands.devices import log_out_everywhere
from accounts.models import User
from accounts.queries.learners import learner_of
from config.embedded import processes, valkey
from tests.accounts.journeys import me
from tests.client import log_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
READY_SECONDS = 20


class Server:
    """A Valkey of this test's own."""

    def __init__(self, root: Path) -> None:
        self.root, self.socket = root, root / "valkey.sock"
        self.start()

    def start(self) -> None:
        """Start it on what it had written to its disk."""
        self._process = valkey.start(self.root, self.socket, self.root / "log")
        deadline = time.monotonic() + READY_SECONDS
        while not valkey.is_ready(self.socket):
            assert time.monotonic() < deadline, "Valkey does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill it without a chance to write."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it."""
        processes.stop(self._process, valkey.STOP_SIGNAL, grace_seconds=5)


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Server]:
    own = Server(tmp_path)
    location = {"LOCATION": f"unix://{own.socket}?db=1"}
    settings.CACHES = {"default": settings.CACHES["default"] | location}
    yield own
    own.stop()


def test_a_log_out_holds_while_redis_is_dead_and_afterwards(alice: User, server: Server) -> None:
    _, pair = log_in(alice)
    assert me(pair.access) == me(pair.access) == 200
    time.sleep(1.5)  # it writes to its disk each second
    server.kill()
    assert me(pair.access) == 200  # PostgreSQL knows as well
    log_out_everywhere(learner=learner_of(alice))
    assert me(pair.access) == 401
    server.start()
    key = token_cache._user(str(alice.public_id))
    assert cache.get(key)["token_version"] == 0  # what it remembers is old
    assert me(pair.access) == 401
