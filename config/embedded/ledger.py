"""What we started, on disk: so that a start after a kill -9 can finish what is left over."""

import contextlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from config.embedded import processes

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One child: its process id is only ours while the start time (clock ticks) fits."""

    name: str
    pid: int
    started_at: int | None
    stop_signal: int


class Ledger:
    """The children of the running supervisor, in ``root``/processes.json."""

    def __init__(self, root: Path) -> None:
        self._path = root / "processes.json"
        self._entries: dict[str, Entry] = {}

    def add(self, name: str, pid: int, stop_signal: signal.Signals) -> None:
        """Remember a child that has just been started; the newest of a name counts."""
        self._entries[name] = Entry(name, pid, processes.started_at(pid), int(stop_signal))
        content = {"boot": _BOOT_ID.read_text(), "entries": [*map(asdict, self._entries.values())]}
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(content))
        draft.replace(self._path)

    def clear(self) -> None:
        """Forget all: they have ended."""
        self._path.unlink(missing_ok=True)

    def finish_leftovers(self, *, grace_seconds: float) -> list[str]:
        """End what a killed supervisor left behind; return the names of what still ran."""
        left = [entry for entry in self._read() if _is_left(entry)]
        for entry in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(entry.pid, entry.stop_signal)
        deadline = time.monotonic() + grace_seconds
        for entry in left:
            processes.end_session(entry.pid, deadline=deadline)
        self.clear()
        return [entry.name for entry in left]

    def _read(self) -> list[Entry]:
        if not self._path.exists():
            return []
        try:
            content = json.loads(self._path.read_text())
        except json.JSONDecodeError:  # the disk was full when it was written
            return []
        if content["boot"] != _BOOT_ID.read_text():
            return []
        return [Entry(**entry) for entry in content["entries"]]


def _is_left(entry: Entry) -> bool:
    """Tell whether the child, or something it started, still runs; never true of a stranger."""
    now = processes.started_at(entry.pid)
    if now is not None and now != entry.started_at:
        return False
    return bool(processes.members(entry.pid))
