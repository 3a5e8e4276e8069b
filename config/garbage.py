"""The garbage collector of a process that serves for long."""

import gc

_ALLOCATIONS = 20_000  # between two looks; the default of 700 looks during each request


def settle() -> None:
    """Leave what a process has loaded by now out of every search: it stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 10, 10)
