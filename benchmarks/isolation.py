"""What a learner notices while five pages are read: answers of GET /reviews/due/ against idle.

    make bench NAME=isolation

The whole product in a temporary folder, as `make run` starts it: web, model server, worker. Three
interleaved rounds of idle and busy; busy is from the first upload until the fifth scan has ended.
The last line is JSON: p50_ratio and p95_ratio (medians of the rounds' busy over idle), the raw
milliseconds, page_cpu_s (of the model server, a page), wall_s of five pages and wall_ratio, that
over 5 x page_cpu_s / cores: 1 is every core busy, the number of cores is one page at a time.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import psutil

from benchmarks.cpu import cpu_s
from benchmarks.record_review import free_port
from config.embedded.servers import temporary_servers

RUNS = 3
SCANS = 5
CARDS = 200
IDLE_SECONDS = 12.0
PAUSE_SECONDS = 0.05  # a person does not ask at once again
CEILINGS = {"p50_ratio": 1.3, "p95_ratio": 2.0, "wall_ratio": 1.2}
PROGRAMS = ("web", "models", "worker-scan")


def prepare() -> str:
    """Make a learner with cards that are due; return an access token."""
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import User
    from review.models import Category, Content, ReviewSchedule
    from tests.client import log_in

    user = User.objects.create_user("learner@example.com")
    category = Category.objects.create(user=user, name="Words")
    due = timezone.now() - timedelta(days=1)
    contents = Content.objects.bulk_create(
        Content(user=user, category=category, front=f"word {n}", back="its meaning")
        for n in range(CARDS)
    )
    ReviewSchedule.objects.bulk_create(
        ReviewSchedule(content=row, user=user, added_at=due, due_at=due) for row in contents
    )
    return str(log_in(user)[1].access)


def asked_until(client: httpx.Client, is_over: Callable[[], bool]) -> list[float]:
    """Ask for the due cards until ``is_over``; return the milliseconds of each answer."""
    times = []
    while not is_over():
        started = time.perf_counter()
        client.get("/api/v1/reviews/due/").raise_for_status()
        times.append((time.perf_counter() - started) * 1000)
        time.sleep(PAUSE_SECONDS)
    return times


def sent(client: httpx.Client, seed: int) -> str:
    """Send a page; return the scan's address."""
    from config.demo.page import textbook_page

    page = textbook_page(seed=seed).image_bytes
    answer = client.post("/api/v1/scans/", files={"file": (f"{seed}.png", page)})
    answer.raise_for_status()
    return str(answer.json()["links"]["self"])


def have_ended() -> bool:
    """Tell whether no scan is waiting or being read."""
    from config.jobs.models import Job

    return not Job.objects.filter(state__in=["queued", "running"]).exists()


def idle(client: httpx.Client) -> dict[str, float]:
    """Return the percentiles while nothing else is done."""
    end = time.monotonic() + IDLE_SECONDS
    return _percentiles("idle", asked_until(client, lambda: time.monotonic() > end))


def busy(client: httpx.Client, models: psutil.Process, seed: int) -> dict[str, float]:
    """Return the percentiles while five scans are read, and what those cost."""
    from ocr.models import Scan

    before, started, looked = cpu_s(models), time.monotonic(), time.monotonic()
    for number in range(SCANS):
        sent(client, seed + number)

    def is_over() -> bool:
        nonlocal looked
        if time.monotonic() - looked < 0.25:
            return False
        looked = time.monotonic()
        return have_ended()

    times = asked_until(client, is_over)
    wall = time.monotonic() - started
    page_cpu = (cpu_s(models) - before) / SCANS
    failed = Scan.objects.exclude(job__state="succeeded").count()
    if failed:
        raise SystemExit(f"{failed} scans failed")
    least = SCANS * page_cpu / (os.cpu_count() or 1)
    figures = {"wall_s": wall, "page_cpu_s": page_cpu, "wall_ratio": wall / least}
    return _percentiles("busy", times) | figures


def _percentiles(name: str, times: list[float]) -> dict[str, float]:
    cuts = quantiles(times, n=20)
    return {f"{name}_p50_ms": cuts[9], f"{name}_p95_ms": cuts[18], f"{name}_n": float(len(times))}


@contextmanager
def product(root: Path) -> Iterator[dict[str, psutil.Process]]:
    """Run the web, the model server and the scan worker as the product does."""
    from config.embedded.processes import stop
    from config.embedded.programs import programs, wipe_metrics

    wipe_metrics(root)
    with ExitStack() as stack:
        running = {}
        for service in (one for one in programs(root) if one.name in PROGRAMS):
            process = service.start()
            stack.callback(stop, process, service.stop_signal, grace_seconds=10)
            running[service.name] = psutil.Process(process.pid)
            while not service.is_ready():
                if process.poll() is not None:
                    raise SystemExit(f"{service.name} did not start")
                time.sleep(0.2)
        yield running


def measure(seed: int, root: Path, port: int) -> dict[str, list[float]]:
    """Return the raw figures of every round."""
    import django
    from django.core.management import call_command

    from config.embedded import models

    django.setup()
    call_command("migrate", verbosity=0)
    models.provision(root, lambda _: None)
    headers = {"authorization": f"Bearer {prepare()}"}
    rounds: list[dict[str, float]] = []
    with (
        product(root) as running,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60, trust_env=False
        ) as client,
    ):
        sent(client, seed + 999)
        asked_until(client, have_ended)  # everything is loaded now
        for number in range(RUNS):
            figures = idle(client) | busy(client, running["models"], seed + 100 * number)
            for cut in ("p50", "p95"):
                figures[f"{cut}_ratio"] = figures[f"busy_{cut}_ms"] / figures[f"idle_{cut}_ms"]
            rounds.append(figures)
            sys.stderr.write(json.dumps({k: round(v, 3) for k, v in figures.items()}) + "\n")
    return {name: [round(one[name], 3) for one in rounds] for name in rounds[0]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    port = free_port()
    os.environ |= {
        "RESEE_PORT": str(port),
        "RATE_LIMIT_LEARNER": "1000000000",  # counted, never reached
        "RATE_LIMIT_ADDRESS": "1000000000",
    }
    with temporary_servers() as root:
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        raw = measure(options.seed, root, port)
    shown: dict[str, Any] = {name: round(median(values), 3) for name, values in raw.items()}
    ok = all(shown[name] <= bar for name, bar in CEILINGS.items())
    about = {"raw": raw, "n": RUNS, "cores": os.cpu_count(), "seed": options.seed, "ok": ok}
    sys.stdout.write(json.dumps({"name": "isolation", **shown, **about}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
