"""Starts the product's processes, starts again what dies, and ends all of them with itself."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

from config.embedded import processes
from config.embedded.errors import CannotStart
from config.embedded.ledger import Ledger
from config.embedded.service import Service, last_words, log

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BACKOFF_SECONDS = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
HEALTHY_SECONDS = 60.0  # a process that lived so long starts its backoff anew
STOP_SECONDS = 9.3  # below the promised 10; the servers get what the programs leave
_PROGRAMS_GRACE = 6.5


class StopRequested(BaseException):
    """A signal asked us to end; like KeyboardInterrupt, no handler of errors may take it."""


@dataclass(slots=True)
class _Child:
    service: Service
    process: subprocess.Popen[bytes]
    started_at: float
    failures: int = 0
    restart_at: float | None = None
    told: str = ""


class Supervisor:
    """Owns the children between ``with`` and its end. Times are monotonic seconds."""

    def __init__(self, root: Path, say: Callable[[str], None]) -> None:
        self._root = root
        self._say = say
        self._children: dict[str, _Child] = {}
        self._ledger = Ledger(root)
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """Finish what a killed run left behind; from here on a signal raises StopRequested."""
        self._handlers = {number: signal.getsignal(number) for number in SIGNALS}
        for number, handler in self._handlers.items():
            if (number, handler) != (signal.SIGHUP, signal.SIG_IGN):  # nohup has said so
                signal.signal(number, _request_stop)
        if left := self._ledger.finish_leftovers(grace_seconds=_PROGRAMS_GRACE):
            self._say(f"Finished what the last run left behind: {', '.join(left)}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End everything; a second signal does not disturb that."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self.stop()
        for number, before in self._handlers.items():
            signal.signal(number, before)

    def stop(self) -> None:
        """End everything: our programs first, then the servers they use."""
        deadline = time.monotonic() + STOP_SECONDS
        programs = [child for child in self._children.values() if not child.service.is_server]
        servers = [child for child in self._children.values() if child.service.is_server]
        processes.stop_all(_with_signals(programs), grace_seconds=_PROGRAMS_GRACE)
        left = deadline - time.monotonic()
        processes.stop_all(_with_signals(servers), grace_seconds=left)
        self._ledger.clear()

    def start(self, service: Service) -> None:
        """Start a child and remember it; CannotStart when it does not come up at all."""
        with _signals_held():
            process = service.start()
            self._ledger.add(service.name, process.pid, service.stop_signal)
            failures = (
                self._children[service.name].failures if service.name in self._children else 0
            )
            self._children[service.name] = _Child(service, process, time.monotonic(), failures)

    def wait_ready(self, service: Service, *, seconds: float = 120) -> None:
        """Return when the child answers; CannotStart when it ends first or takes too long."""
        deadline = time.monotonic() + seconds
        while not service.is_ready():
            process = self._children[service.name].process
            if process.poll() is not None or time.monotonic() > deadline:
                path = log(self._root, service.name)
                raise CannotStart(f"{service.title} did not start: {last_words(path)} (see {path})")
            time.sleep(0.05)

    def watch(self) -> NoReturn:
        """Start again what dies, for ever; ends by StopRequested only."""
        while True:
            now = time.monotonic()
            for child in list(self._children.values()):
                self._look_after(child, now)
            time.sleep(0.25)

    def _look_after(self, child: _Child, now: float) -> None:
        news = child.service.news() if child.service.news else ""
        if news and news != child.told:
            child.told = news
            self._say(f"{child.service.title} {news}")
        if child.restart_at is not None:
            if now >= child.restart_at:
                self._restart(child)
        elif (code := child.process.poll()) is not None:
            lived = now - child.started_at
            child.failures = 1 if lived > HEALTHY_SECONDS else child.failures + 1
            delay = BACKOFF_SECONDS[min(child.failures, len(BACKOFF_SECONDS)) - 1]
            child.restart_at = now + delay
            self._say(
                f"{child.service.title} ended ({_reason(code)}): started again in {delay:.0f} s"
            )

    def _restart(self, child: _Child) -> None:
        processes.end_session(child.process.pid, deadline=time.monotonic() + 2)
        try:
            self.start(child.service)
        except CannotStart as error:
            child.failures += 1
            delay = BACKOFF_SECONDS[min(child.failures, len(BACKOFF_SECONDS)) - 1]
            child.restart_at = time.monotonic() + delay
            self._say(f"{error} Next try in {delay:.0f} s.")


def _with_signals(
    children: Sequence[_Child],
) -> list[tuple[subprocess.Popen[bytes], signal.Signals]]:
    return [(child.process, child.service.stop_signal) for child in children]


def _request_stop(number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise StopRequested(signal.Signals(number).name)


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Keep signals waiting, so that no child is started without being remembered."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
