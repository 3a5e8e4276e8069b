"""What the supervisor has to know of one process."""

import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Service:
    """One child: ``start`` returns the process at once, ``is_ready`` tells whether it answers.

    A server is stopped after the programs that use it. ``news`` returns a line for a person, said
    whenever it changes.
    """

    name: str
    title: str
    start: Callable[[], subprocess.Popen[bytes]]
    is_ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    is_server: bool = False
    news: Callable[[], str] | None = None


def log(root: Path, name: str) -> Path:
    """Return the log file of a service."""
    return root / "logs" / f"{name}.log"


def last_words(path: Path) -> str:
    """Return the line of a log that says best why its process ended."""
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    complaints = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (complaints or lines or ["it said nothing"])[-1][:200]


def rotate_logs(root: Path, *, keep: int = 3) -> None:
    """Begin new log files; the last ``keep`` runs' stay as NAME.log.1, .2 ..."""
    (root / "logs").mkdir(parents=True, exist_ok=True)
    for path in (root / "logs").glob("*.log"):
        for number in range(keep, 0, -1):
            newer = path.with_name(f"{path.name}.{number - 1}") if number > 1 else path
            if newer.exists():
                newer.replace(path.with_name(f"{path.name}.{number}"))
