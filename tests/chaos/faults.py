"""What happens to the product. A fault returns when it is over: from then on recovery counts."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection

from config.celery import SCHEDULE
from review import projections
from tests.chaos.stage import PARTS, Stage, entry

CUT_SECONDS, STALL_SECONDS, FULL_SECONDS, TWO_BEATS_SECONDS = 6.0, 12.0, 6.0, 21.0
EVERY = "reconcile-jobs"
UNIT_BAR_SECONDS = 30.0
Strike = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """``bar_seconds`` is how long the units that were being worked on may take to end.

    ``parts`` have to work again."""

    name: str
    strike: Strike
    bar_seconds: float | None = None
    parts: tuple[str, ...] = PARTS
    is_possible: Callable[[Stage], bool] = lambda _: True


def _kill(*names: str) -> Strike:
    return lambda stage: stage.victim.kill(*names)


def _kill_in_unit(stage: Stage) -> None:
    stage.wait_for_running_unit()
    stage.victim.kill("worker-scan")


def _kill_child_in_unit(stage: Stage) -> None:
    stage.wait_for_running_unit()
    stage.victim.kill_child("worker-scan")


def _kill_in_refresh(stage: Stage) -> None:
    """Refresh without end, and kill PostgreSQL when it is seen to be at it."""
    thread = threading.Thread(target=_refresh_until_it_breaks)
    thread.start()
    deadline = time.monotonic() + 30
    seen = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'REFRESH%%'"
    while not stage.count(seen):
        assert time.monotonic() < deadline, "no refresh was seen"
    stage.victim.kill("postgres")
    thread.join(60)


def _refresh_until_it_breaks() -> None:
    try:
        while True:
            projections.refresh()
    except DatabaseError:
        connection.close()


def _cut(stage: Stage) -> None:
    stage.proxy.cut()
    time.sleep(CUT_SECONDS)
    stage.proxy.mend()


def _stall(stage: Stage) -> None:
    stage.proxy.stall()
    time.sleep(STALL_SECONDS)
    stage.proxy.mend()


def _kill_rabbitmq(stage: Stage) -> None:
    assert stage.rabbitmq
    stage.rabbitmq.kill()
    time.sleep(1)
    stage.rabbitmq.start()


def _fill_disk(stage: Stage) -> None:
    stage.disk.fill()
    time.sleep(FULL_SECONDS)
    stage.disk.clear()


def _jump(stage: Stage) -> None:
    """As if beat's clock had been a day ahead and was then set right."""
    for name in SCHEDULE:
        entry(name).reschedule(datetime.now(UTC) + timedelta(days=1))


def _two_beats(stage: Stage) -> None:
    """Run a second one for a while and count what was sent of the task that is due most often."""
    victim, task = stage.victim, f"Task {SCHEDULE[EVERY]['task']}["
    with victim.second("celery", "--app", "config.celery", "beat", "--pidfile", ""):
        time.sleep(6)  # it starts
        size, began = victim.log_size("worker-fast"), time.monotonic()
        time.sleep(TWO_BEATS_SECONDS)
        lines = victim.log_since("worker-fast", size).splitlines()
        count = sum(task in line and "received" in line for line in lines)
        due = (time.monotonic() - began) / SCHEDULE[EVERY]["schedule"]
    assert count, "nothing was sent at all"
    stage.doubled_runs += max(0, count - int(due) - 1)


KILLED = [
    Fault("web killed", _kill("web")),
    Fault("worker fast killed", _kill("worker-fast")),
    Fault("worker scan killed in a unit", _kill_in_unit, UNIT_BAR_SECONDS),
    Fault("worker scan's child killed", _kill_child_in_unit, UNIT_BAR_SECONDS),
    Fault("worker slow killed", _kill("worker-slow")),
    Fault("worker ai killed", _kill("worker-ai")),
    Fault("worker chat killed", _kill("worker-chat")),
    Fault("live killed", _kill("live")),
    Fault("beat killed", _kill("beat")),
    Fault("relay killed", _kill("relay")),
    Fault("model server killed", _kill("models"), parts=(*PARTS, "pages")),
    Fault("Valkey killed", _kill("valkey")),
    Fault("PostgreSQL killed", _kill("postgres")),
    Fault("PostgreSQL killed in a refresh", _kill_in_refresh),
]
AWAY = [
    Fault(f"broker cut off for {CUT_SECONDS:.0f} s", _cut),
    Fault(f"broker stalled for {STALL_SECONDS:.0f} s", _stall),
]
TIME = [Fault("clock jumped a day", _jump), Fault("two beats", _two_beats)]
DISK = Fault("disk full for 6 s", _fill_disk, is_possible=lambda stage: stage.disk.is_own)
RABBITMQ = Fault("RabbitMQ killed", _kill_rabbitmq)
AT_ONCE = Fault("all at once", _kill("web", "worker-fast", "relay", "valkey"))

FAULTS = {
    "valkey": [*KILLED, *AWAY, DISK, *TIME],
    "rabbitmq": [*KILLED[1:3], KILLED[6], RABBITMQ, *AWAY, *TIME],
    "short": [AT_ONCE],
}
