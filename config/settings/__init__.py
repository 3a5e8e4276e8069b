"""Settings; and, before any metric is made, how processes that share a folder call themselves."""

import os
import socket

from prometheus_client import values

if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # of several machines process ids are the same
    _HOST = socket.gethostname().replace("_", "-")
    values.ValueClass = values.MultiProcessValue(  # type: ignore[no-untyped-call]
        lambda: f"{_HOST}-{os.getpid()}"
    )
