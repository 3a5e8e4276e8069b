"""What a learner notices while five pages are read: answers of GET /reviews/due/ against idle.

    make bench NAME=isolation

The whole product in a temporary folder, as `make run` starts it: web, model server, worker. Three
interleaved rounds of idle, bare and busy; busy is from the first upload until the fifth scan has
ended. The last line is JSON: p50_ratio and p95_ratio (medians of the rounds' busy over idle), the
raw milliseconds, page_cpu_s (of the model server, a page), wall_s of five pages and wall_all_ratio,
that over 5 x page_cpu_s / cores: 1 is every core busy, the number of cores is one page at a time.

Other work on the machine takes its share of the cores, so the peer is: one bare process a core, at
the same nice, with the same engine and no product around it. ``granted`` is the part of the cores
that those got before and after it (1 on a quiet machine); wall_ratio is wall_all_ratio x granted.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
import psutil

from benchmarks.cpu import cpu_s
from benchmarks.ocr import Reader
from benchmarks.record_review import free_port
from config.embedded.servers import temporary_servers

RUNS = 3
SCANS = 5
CARDS = 200
IDLE_SECONDS = 12.0
PAUSE_SECONDS = 0.05  # a person does not ask at once again
CEILINGS = {"p50_ratio": 1.3, "p95_ratio": 2.0, "wall_ratio": 1.2}
PROGRAMS = ("web", "models", "worker-scan")
NICE = 15  # of the model server
BARE_PAGES = 3  # a process
CORES = os.cpu_count() or 1


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


def send(client: httpx.Client, page: bytes) -> None:
    """Send a page."""
    client.post("/api/v1/scans/", files={"file": ("page.png", page)}).raise_for_status()


def drawn(seed: int) -> bytes:
    """Return a page unlike those of other seeds."""
    from config.demo.page import textbook_page

    return textbook_page(seed=seed).image_bytes


def have_ended() -> bool:
    """Tell whether no scan is waiting or being read."""
    from config.jobs.models import Job

    return not Job.objects.filter(state__in=["queued", "running"]).exists()


def idle(client: httpx.Client) -> dict[str, float]:
    """Return the percentiles while nothing else is done."""
    end = time.monotonic() + IDLE_SECONDS
    return _percentiles("idle", asked_until(client, lambda: time.monotonic() > end))


def bare(readers: Sequence[Reader], page: Path) -> dict[str, float]:
    """Return the part of the cores that processes get which do nothing but read, one a core."""

    def read(reader: Reader) -> tuple[float, float]:
        started = time.monotonic()
        used = sum(reader.read(page)["cpu_s"] for _ in range(BARE_PAGES))
        return used, time.monotonic() - started

    with ThreadPoolExecutor(len(readers)) as pool:
        costs = list(pool.map(read, readers))
    used, wall = sum(cost[0] for cost in costs), sum(cost[1] for cost in costs)
    return {"granted": used / wall, "bare_page_cpu_s": used / BARE_PAGES / len(readers)}


def busy(
    client: httpx.Client, running: Mapping[str, psutil.Process], seed: int
) -> dict[str, float]:
    """Return the percentiles while five scans are read, and what those cost."""
    from ocr.models import Scan

    sheets = [drawn(seed + number) for number in range(SCANS)]
    before = {name: cpu_s(process) for name, process in running.items()}
    started = looked = time.monotonic()
    for sheet in sheets:
        send(client, sheet)

    def is_over() -> bool:
        nonlocal looked
        if time.monotonic() - looked < 0.25:
            return False
        looked = time.monotonic()
        return have_ended()

    times = asked_until(client, is_over)
    wall = time.monotonic() - started
    used = {name: cpu_s(process) - before[name] for name, process in running.items()}
    page_cpu = used["models"] / SCANS
    failed = Scan.objects.exclude(job__state="succeeded").count()
    if failed:
        raise SystemExit(f"{failed} scans failed")
    least = SCANS * page_cpu / CORES
    figures = {"wall_s": wall, "page_cpu_s": page_cpu, "wall_all_ratio": wall / least}
    figures |= {f"{name}_cpu_s": used[name] for name in ("web", "worker-scan")}
    return _percentiles("busy", times) | figures | {"models_rss_mb": _rss_mb(running["models"])}


def _rss_mb(process: psutil.Process) -> float:
    """Return the memory of the largest process that ``process`` has started."""
    return float(max(child.memory_info().rss for child in process.children()) / 1e6)


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
        ExitStack() as stack,
        product(root) as running,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60, trust_env=False
        ) as client,
    ):
        page = root / "page.png"
        page.write_bytes(drawn(seed + 999))
        readers = [stack.enter_context(closing(Reader("ours", nice=NICE))) for _ in range(CORES)]
        bare(readers, page)
        for number in range(CORES):
            send(client, drawn(seed + 990 + number))
        asked_until(client, have_ended)  # everything is loaded now
        for number in range(RUNS):
            figures, before = idle(client), bare(readers, page)
            figures |= busy(client, running, seed + 100 * number)
            after = bare(readers, page)
            figures |= {name: (before[name] + after[name]) / 2 for name in before}
            figures["wall_ratio"] = figures["wall_all_ratio"] * figures["granted"]
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
    about = {"raw": raw, "n": RUNS, "cores": CORES, "seed": options.seed, "ok": ok}
    sys.stdout.write(json.dumps({"name": "isolation", **shown, **about}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
