"""One event loop a process for those who are not on one: a model call has one form, the async one.

So a time limit is one for the whole call, however slowly its bytes come, and connections are kept.
"""

import asyncio
import os
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator
from typing import Any, TypeVar

_T = TypeVar("_T")


class _Loop:
    """An event loop and the thread it runs in, started when first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.thread: threading.Thread | None = None

    def started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self.thread = threading.Thread(
                    target=self._loop.run_forever, name="models", daemon=True
                )
                self.thread.start()
            return self._loop


_own = [_Loop()]


def _forget() -> None:
    _own[0] = _Loop()  # a fork has the loop, but not its thread


os.register_at_fork(after_in_child=_forget)


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Return the coroutine's result; it has our context, and is cancelled when we are."""
    future = asyncio.run_coroutine_threadsafe(coroutine, _own[0].started())
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def iterate(elements: AsyncGenerator[_T, None]) -> Iterator[_T]:
    """Yield what the generator yields; it is closed with us."""

    async def step() -> _T:
        return await anext(elements)

    try:
        while True:
            try:
                element = run(step())
            except StopAsyncIteration:
                return
            yield element
    finally:
        closing = asyncio.run_coroutine_threadsafe(elements.aclose(), _own[0].started())
        if threading.current_thread() is not _own[0].thread:  # a forgotten generator's end
            closing.result()
