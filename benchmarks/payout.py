"""A payout to thousands of learners while its worker is killed, and killed again.

    make bench NAME=payout

Own PostgreSQL and Valkey in a temporary folder, a real worker of the queue ``low``. It is killed
(-9, with its children) twice in the middle, each time followed by another; the clock's
``reconcile`` gives the job back. Three rounds. The last line is JSON: learners, rewards, doubled,
unpaid, killed_at (learners paid when it was killed), seconds.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.embedded.servers import temporary_servers

LEARNERS, ROUNDS, KILLS = 5_000, 3, (0.2, 0.6)
WAIT_SECONDS = 240


@contextmanager
def worker(root: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker as the product does, until the context ends or it was killed."""
    command = [
        sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--queues", "low",
        "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    with (root / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill -9 the worker with its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def wait_until(is_so: Callable[[], bool], root: Path) -> None:
    """Wait, giving lost work back meanwhile as the clock does."""
    from django.utils import timezone

    from config.jobs import dispatch

    deadline, next_at = time.monotonic() + WAIT_SECONDS, time.monotonic()
    while not is_so():
        assert time.monotonic() < deadline, (root / "worker.log").read_text()[-2000:]
        if time.monotonic() > next_at:
            dispatch.reconcile(now=timezone.now())
            next_at += 5
        time.sleep(0.005)


def one_round(root: Path, number: int) -> dict[str, Any]:
    """Pay once, killing on the way; return what came of it."""
    from django.db.models import Count

    from accounts.models import Payout, RewardEntry, User
    from accounts.rewards.payouts import start_payout

    payout = start_payout(name=f"round {number}", xp=10)

    def paid() -> int:
        return Payout.objects.values_list("paid_count", flat=True).get(pk=payout.pk)

    killed_at, began = [], time.monotonic()
    for share in KILLS:
        with worker(root) as process:
            wait_until(lambda: paid() >= share * payout.learner_count, root)  # noqa: B023
            kill(process)
        killed_at.append(paid())
    with worker(root):
        wait_until(lambda: Payout.objects.get(pk=payout.pk).job.state == "succeeded", root)  # type: ignore[union-attr]
    rows = RewardEntry.objects.filter(key=f"payout:{payout.public_id}")
    doubled = rows.values("user_id").annotate(n=Count("id")).filter(n__gt=1).count()
    unpaid = User.objects.exclude(pk__in=rows.values("user_id")).count()
    return {
        "learners": payout.learner_count,
        "rewards": rows.count(),
        "doubled": doubled,
        "unpaid": unpaid,
        "paid_count": paid(),
        "killed_at": killed_at,
        "seconds": round(time.monotonic() - began, 1),
    }


def measure(root: Path, learners: int, rounds: int) -> dict[str, Any]:
    """Return every figure."""
    from django.core.management import call_command
    from django.db.models import Sum

    from accounts.models import RewardBalance, User

    call_command("migrate", interactive=False, verbosity=0)
    User.objects.bulk_create([User(email=f"{n}@example.com") for n in range(learners)], 1_000)
    found = []
    for number in range(rounds):
        found.append(one_round(root, number))
        print(f"round {number + 1}: {json.dumps(found[-1])}", flush=True)
    names = found[0].keys()
    total = RewardBalance.objects.aggregate(total=Sum("xp"))["total"]
    return {name: [each[name] for each in found] for name in names} | {"balances_xp": total}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when anybody was not paid exactly once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with temporary_servers() as root:
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        os.environ["LOG_LEVEL"] = "WARNING"
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
        import django

        django.setup()
        figures = measure(root, options.learners, options.rounds)
        from django.db import connection

        connection.close()
    every = [options.learners] * options.rounds
    is_ok = figures["rewards"] == figures["learners"] == figures["paid_count"] == every
    is_ok = is_ok and not any(figures["doubled"]) and not any(figures["unpaid"])
    is_ok = is_ok and figures["balances_xp"] == 10 * options.learners * options.rounds
    is_ok = is_ok and all(0 < at < options.learners for each in figures["killed_at"] for at in each)
    print(json.dumps({"name": "payout", "seed": None, **figures, "ok": is_ok}))
    return 0 if is_ok else 1


if __name__ == "__main__":
    sys.exit(main())
