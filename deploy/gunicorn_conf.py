"""gunicorn's settings on servers: sized by cores, renewed now and then, ended gently.

WEB_CONCURRENCY sets the number of processes; each has as many threads as its pool has connections.
"""

import os
from contextlib import suppress
from math import ceil
from pathlib import Path

_THREADS = 8  # as the pool of a process has connections: no thread waits for one


def _cores() -> int:
    """Return the cores that may be used: a container's share, or the machine's."""
    found = len(os.sched_getaffinity(0))
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        found = min(found, ceil(int(quota) / int(period)))  # "max" is no number
    return found


bind = f"{os.environ.get('RESEE_HOST', '127.0.0.1')}:{os.environ.get('RESEE_PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or _cores())
threads = _THREADS
keepalive = 30  # seconds; longer than a proxy keeps its connection to us
timeout = 90
graceful_timeout = 25  # below docker's and Kubernetes' 30
max_requests = 20_000  # what leaks goes with its process ...
max_requests_jitter = 4_000  # ... and not with all at once
worker_tmp_dir = "/dev/shm"  # noqa: S108  its heartbeat; on a disk it may wait
control_socket_disable = True
