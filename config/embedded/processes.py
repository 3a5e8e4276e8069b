"""Child processes that end with their parent, and what /proc tells of those that did not."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
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
    nice: int = 0,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own; the kernel sends it ``stop_signal`` if we die.

    ``user`` drops root's rights to that user; output goes to ``log``. Only for programs with one
    thread: between fork and exec Python code runs.
    """
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)
        os.nice(nice)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

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
        preexec_fn=prepare,  # noqa: PLW1509  one thread only
    )


def stop(
    process: subprocess.Popen[bytes], stop_signal: signal.Signals, *, grace_seconds: float
) -> None:
    """Ask the process to end and, after the grace period, end it and its session."""
    stop_all([(process, stop_signal)], grace_seconds=grace_seconds)


def stop_all(
    processes: Sequence[tuple[subprocess.Popen[bytes], signal.Signals]], *, grace_seconds: float
) -> None:
    """Ask all to end at once and, after the grace period, end them and whatever they started."""
    for process, stop_signal in processes:
        if process.poll() is None:
            process.send_signal(stop_signal)
    deadline = time.monotonic() + grace_seconds
    for process, _ in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        if process.poll() is None:
            process.kill()
            process.wait()
        end_session(process.pid, deadline=deadline)


def end_session(leader: int, *, deadline: float) -> None:
    """Wait until ``deadline`` (monotonic) for the session's processes to end, then kill them."""
    while members(leader) and time.monotonic() < deadline:
        time.sleep(0.05)
    while remaining := members(leader):
        for pid in remaining:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def members(leader: int) -> list[int]:
    """Return the living processes of the session that ``leader`` began, itself included."""
    return [pid for pid, session, state in _processes() if session == leader and state != "Z"]


def started_at(pid: int) -> int | None:
    """Return when a living process started, in clock ticks since boot; None when it is gone."""
    stat = _stat(pid)
    return int(stat[19]) if stat and stat[0] != "Z" else None


def _processes() -> Iterator[tuple[int, int, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (stat := _stat(int(folder.name))):
            yield int(folder.name), int(stat[3]), stat[0]


def _stat(pid: int) -> list[str] | None:
    """Return /proc/PID/stat from its third field on: state, parent, group, session ..."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
