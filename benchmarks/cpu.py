"""CPU time, which other work on the machine disturbs less than the clock on the wall."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil


def cpu_s(process: psutil.Process) -> float:
    """Return the CPU seconds of a process and all it has started."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        total += times.user + times.system
    return float(total)


def cpu_with_ended_s(process: psutil.Process) -> float:
    """Return the same, with those it has started that have ended."""
    ended = process.cpu_times()
    return float(cpu_s(process) + ended.children_user + ended.children_system)


def rss_max_mb() -> float:
    """Return this process's highest; getrusage counts what its parent had, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def backend_cpu_ms(action: Callable[[], Any]) -> float:
    """Return the CPU time that our database process spent on ``action``."""
    from django.db import connection

    connection.ensure_connection()
    process = psutil.Process(connection.connection.info.backend_pid)
    before = cpu_s(process)
    action()
    return (cpu_s(process) - before) * 1000
