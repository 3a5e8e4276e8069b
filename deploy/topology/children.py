"""Our child processes: started, waited for, ended by their ids; what dies is started again."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM, Signals

from config.embedded import processes

START_SECONDS_MAX = 300.0


class Broken(Exception):
    """A process does not come up; the message is one line for a person."""


@dataclass(slots=True)
class Child:
    """One process: ``is_ready`` is asked until it says yes; ``user`` is who it runs as."""

    name: str
    command: Sequence[str | Path]
    environment: dict[str, str]
    log: Path
    is_ready: Callable[["Child"], bool]
    stop_signal: Signals = SIGTERM
    grace_seconds: float = 10.0
    user: str | None = None
    is_server: bool = False  # used by our programs, and so ended after them
    process: "subprocess.Popen[bytes] | None" = None
    log_start: int = 0

    @property
    def pid(self) -> int:
        """Return its process id; it has been started."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and return at once."""
        self.log_start = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = processes.spawn(
                self.command,
                log=output,
                environment=self.environment,
                user=self.user,
                stop_signal=self.stop_signal,
            )

    def wait_ready(self, seconds: float = START_SECONDS_MAX) -> None:
        """Return when it answers; Broken when it ends first or takes too long."""
        deadline = time.monotonic() + seconds
        while not self.is_ready(self):
            if self.has_ended() or time.monotonic() > deadline:
                said = self.said().strip().splitlines() or ["it said nothing"]
                raise Broken(f"{self.name} does not come up: {said[-1][:300]} (see {self.log})")
            time.sleep(0.05)

    def said(self) -> str:
        """Return what it has written since it was started."""
        return self.log.read_bytes()[self.log_start :].decode(errors="replace")

    def has_ended(self) -> bool:
        """Tell whether it has been started and is gone."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """End it as its operator would, and whatever it has started."""
        if self.process:
            processes.stop(self.process, self.stop_signal, grace_seconds=self.grace_seconds)


class Children:
    """All of them, in the order in which they were added."""

    def __init__(self) -> None:
        self._children: dict[str, Child] = {}

    def __getitem__(self, name: str) -> Child:
        """Return the child of that name."""
        return self._children[name]

    def __iter__(self) -> Iterator[Child]:
        """Yield them in the order in which they were added."""
        return iter(list(self._children.values()))

    def add(self, child: Child) -> Child:
        """Start a child and look after it from now on."""
        self._children[child.name] = child
        child.start()
        return child

    def restart(self, child: Child) -> None:
        """End a child and start it anew; return when it answers."""
        child.stop()
        child.start()
        child.wait_ready()

    def replace(self, child: Child) -> None:
        """End the child of that name when the new one answers."""
        old = self._children[child.name]
        self.add(child).wait_ready()
        old.stop()

    def look_after(self) -> None:
        """Start again what has died."""
        for child in self._children.values():
            if child.has_ended():
                sys.stderr.write(f"{child.name} ended and is started again\n")
                child.stop()  # what it left behind
                child.start()

    def stop(self) -> None:
        """End all: our programs at once, then the servers they use."""
        for is_server in (False, True):
            group = [child for child in self._children.values() if child.is_server == is_server]
            running = [(child.process, child.stop_signal) for child in group if child.process]
            grace = max((child.grace_seconds for child in group), default=0.0)
            processes.stop_all(running, grace_seconds=grace)
