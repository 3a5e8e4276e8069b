"""Settings; and, before any metric is made, how processes that share a folder call themselves."""

import os
import socket
from functools import cache

from prometheus_client import values


@cache  # it is asked at every count
def _process() -> str:
    """Return a name for this process: of several machines process ids are the same."""
    return f"{socket.gethostname().replace('_', '-')}-{os.getpid()}"


if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.register_at_fork(after_in_child=_process.cache_clear)
    values.ValueClass = values.MultiProcessValue(_process)  # type: ignore[no-untyped-call]
