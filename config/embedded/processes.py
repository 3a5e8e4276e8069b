"""Child processes that end with their parent."""

import ctypes
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def spawn(
    command: Sequence[str | Path],
    *,
    log: IO[bytes],
    environment: Mapping[str, str],
    user: str | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own; the kernel sends it ``stop_signal`` if we die.

    ``user`` drops root's rights to that user; output goes to ``log``.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        cwd="/" if user else None,
        user=user,
        group="nogroup" if user else None,
        extra_groups=[] if user else None,
        start_new_session=True,
        preexec_fn=lambda: _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal)),  # noqa: PLW1509  one thread only
    )


def stop(
    process: subprocess.Popen[bytes], stop_signal: signal.Signals, *, grace_seconds: float
) -> None:
    """Ask the process to end and, after the grace period, end it."""
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
