"""An empty stream, and handlers of the test's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config.outbox import stream, subscribe


@pytest.fixture(autouse=True)
def empty_stream(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test has a stream of its own, which is gone afterwards."""
    monkeypatch.setattr(stream, "KEY", f"events-{request.node.name}")
    stream.client().delete(stream.KEY)
    yield
    stream.client().delete(stream.KEY)


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Subscribe a handler that keeps what it is given, or raises what ``fault`` returns."""
    monkeypatch.setattr(subscribe, "_subscriptions", {})

    def make(*kinds: type[Any], fault: Callable[[], Exception | None] = lambda: None) -> list[Any]:
        seen: list[Any] = []

        def keep(event: Any) -> None:
            if error := fault():
                raise error
            seen.append(event)

        keep.__qualname__ = f"keep_{len(subscribe.subscriptions())}"
        subscribe.subscribe(*kinds)(keep)
        return seen

    return make
