"""Batches of an import, ready to be stored: while one is stored, the next is made."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from review.commands.import_context import Context
from review.commands.import_notes import Batch, keys_for, look_up, named, prepared
from review.commands.import_rows import send_ahead


@contextmanager
def batches_ahead(context: Context, after: int, size: int) -> Iterator[Iterator[Batch]]:
    """Give the notes after ``after``, ``size`` at a time, each batch read and made in a thread.

    The thread never asks the database of ours: what a batch needs of it is looked up here, between
    two batches, so before the last one is stored. At the end the thread is at rest.
    """
    send_ahead()
    thread = ThreadPoolExecutor(1, "import-ahead")
    try:
        yield _batches(context.ask(), thread, after, size)
    finally:
        thread.shutdown(cancel_futures=True)


def _batches(
    context: Context, thread: ThreadPoolExecutor, after: int, size: int
) -> Iterator[Batch]:
    read = (named(context, rows) for rows in context.collection.batches(after, size))
    reading = thread.submit(next, read, None)
    making: Future[Batch] | None = None
    while notes := reading.result():
        known = look_up(context, notes, is_guess=True), keys_for(context, notes)
        ready, making = making, thread.submit(prepared, context, notes, *known)
        reading = thread.submit(next, read, None)
        if ready:
            yield ready.result()
    if making:
        yield making.result()
