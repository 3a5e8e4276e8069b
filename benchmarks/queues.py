"""How long a mail waits while ten thousand slow tasks do.

    make bench NAME=queues

Own PostgreSQL and Valkey in a temporary folder. Real workers: the product's own for its queues, and
one with as many processes for a single queue that holds everything. Three interleaved rounds,
medians. In each, 10,000 tasks of 5 ms wait; then mails are sent, and each notes when it is begun.
The last line is JSON: p95_s and worst_s of the product's queues, single_p95_s of the single queue,
times_sooner, publish_ms (one task, its queue's length asked).
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from config.embedded import processes
from config.embedded.servers import temporary_servers

TASKS, MAILS, SINGLE_MAILS, ROUNDS = 10_000, 60, 10, 3
PAUSE_SECONDS = 0.05
WAIT_SECONDS = 600
SINGLE, STAGED = "single", "staged"
BAR_SECONDS, BAR_TIMES = 1.0, 50.0
OURS = {"fast": ("high,medium,speech", 2), "slow": ("storage,chat.batch,low", 1)}


@contextmanager
def worker(root: Path, name: str, queues: str, count: int) -> Iterator[None]:
    """Run a worker as the product does, until the context ends."""
    from config.celery import app

    command = [
        sys.executable, "-m", "celery", "--app", "config.celery", "worker", "--queues", queues,
        "--concurrency", str(count), "--hostname", f"{name}@benchmark", "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
        "--include", "benchmarks.queues_tasks",
    ]  # fmt: skip
    with (root / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        deadline = time.monotonic() + 90
        while not app.control.ping(destination=[f"{name}@benchmark"], timeout=1.0, limit=1):
            assert time.monotonic() < deadline, (root / f"{name}.log").read_text()[-2000:]
        yield
    finally:
        process.kill()
        process.wait()
        processes.end_session(process.pid, deadline=time.monotonic())


def publish_all(count: int) -> float:
    """Send the slow tasks to the queue ``low`` while nobody works, set them aside; ms a task."""
    from config.celery import app

    began = time.monotonic()
    for _ in range(count):
        app.send_task("benchmarks.queues.slow", queue="low")
    spent = time.monotonic() - began
    broker().rename("low", STAGED)
    return spent / count * 1000


def seconds_waited(waiting: str, mails: str, count: int, tasks: int) -> list[float]:
    """Let the slow tasks wait in one queue and send mails to another; seconds until each began."""
    from benchmarks.queues_tasks import STARTS
    from config.celery import app

    client, cache = broker(), redis_connection()
    cache.delete(STARTS)
    client.copy(STAGED, waiting, replace=True)
    assert client.llen(waiting) >= tasks - 100  # nearly all of them wait
    for _ in range(count):
        app.send_task("benchmarks.queues.mail", kwargs={"sent_at": time.time()}, queue=mails)
        time.sleep(PAUSE_SECONDS)
    deadline = time.monotonic() + WAIT_SECONDS
    while cache.llen(STARTS) < count:
        assert time.monotonic() < deadline, "the mails were not all begun"
        time.sleep(0.05)
    client.delete(waiting)
    return [float(value) for value in cache.lrange(STARTS, 0, -1)]


def broker() -> Any:
    """Return a connection to the database that holds the queues."""
    from redis import Redis

    from config.settings import home

    return Redis(unix_socket_path=str(home.valkey_socket()), db=3)


def redis_connection() -> Any:
    """Return a connection to the cache's database."""
    from django_redis import get_redis_connection

    return get_redis_connection("default")


def measure(root: Path, tasks: int, rounds: int) -> dict[str, Any]:
    """Return every figure."""
    from config.celery import app

    publish_ms = publish_all(tasks)
    app.table[SINGLE] = replace(app.table["low"], name=SINGLE)  # as long as that one
    found: dict[str, list[list[float]]] = {"ours": [], "single": []}
    with ExitStack() as stack:
        for name, (queues, count) in OURS.items():
            stack.enter_context(worker(root, name, queues, count))
        stack.enter_context(worker(root, SINGLE, SINGLE, sum(n for _, n in OURS.values())))
        for number in range(rounds):
            found["ours"].append(seconds_waited("low", "high", MAILS, tasks))
            found["single"].append(seconds_waited(SINGLE, SINGLE, SINGLE_MAILS, tasks))
            print(f"round {number + 1}: {p95(found['ours'][-1]):.3f} s, in a single queue "
                  f"{p95(found['single'][-1]):.1f} s")  # fmt: skip
    ours, single = (median(p95(each) for each in found[name]) for name in ("ours", "single"))
    return {
        "p95_s": round(ours, 4),
        "worst_s": round(max(max(each) for each in found["ours"]), 4),
        "single_p95_s": round(single, 2),
        "times_sooner": round(single / ours, 1),
        "p95_s_rounds": [round(p95(each), 4) for each in found["ours"]],
        "single_p95_s_rounds": [round(p95(each), 2) for each in found["single"]],
        "publish_ms": round(publish_ms, 2),
    }


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--tasks", type=int, default=TASKS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with temporary_servers() as root:
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        os.environ["LOG_LEVEL"] = "WARNING"
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
        import django

        django.setup()
        figures = measure(root, options.tasks, options.rounds)
    is_ok = figures["p95_s"] < BAR_SECONDS and figures["times_sooner"] >= BAR_TIMES
    result = {"name": "queues", "n": options.tasks, "seed": None, **figures, "ok": is_ok}
    print(json.dumps(result))
    return 0 if is_ok else 1


if __name__ == "__main__":
    sys.exit(main())
