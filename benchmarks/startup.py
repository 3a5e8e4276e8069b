"""From a fresh clone to a product that answers, and what it weighs after a scan.

    make bench NAME=startup

The last line is JSON: first_start_s (environment included, empty package caches), api_warm_s and
warm_start_s (seconds until the API, then everything, answers), rss_mb and pss_mb (all processes,
idle after a scan), stop_s, processes, ok.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from config.embedded.programs import answers
from config.settings import home

PORT = 18100
READY = "Resee is ready"
IDLE_SECONDS = 15
BARS = {"first_start_s": 240, "api_warm_s": 10, "warm_start_s": 20, "rss_mb": 2500, "stop_s": 10}


def measure(folder: Path) -> dict[str, float]:
    """Clone into ``folder``, start twice, weigh once."""
    clone = folder / "resee"
    subprocess.run(["git", "clone", "--quiet", str(home.CHECKOUT), str(clone)], check=True)
    with _running(clone, folder) as (first, _):
        first_start = first
    with _running(clone, folder) as (warm, api):
        subprocess.run(
            [".venv/bin/python", "manage.py", "demo"],
            cwd=clone,
            env=_environment(folder),
            check=True,
        )
        time.sleep(IDLE_SECONDS)
        weight = _weigh()
        before = time.monotonic()
    stop = time.monotonic() - before
    figures = {"first_start_s": first_start, "api_warm_s": api, "warm_start_s": warm}
    return {name: round(value, 1) for name, value in {**figures, **weight, "stop_s": stop}.items()}


@contextmanager
def _running(clone: Path, folder: Path) -> Iterator[tuple[float, float]]:
    """Run ``make run``; yield the seconds until everything and until the API answered."""
    output, before = folder / "output", time.monotonic()
    with output.open("wb") as log:
        run = subprocess.Popen(
            ["make", "run"], cwd=clone, env=_environment(folder), stdout=log, stderr=log
        )
    try:
        api = _wait(run, lambda: answers(f"http://127.0.0.1:{PORT}/healthz"), before)
        yield _wait(run, lambda: READY in output.read_text(), before), api
    finally:
        if run.poll() is None:
            for child in psutil.Process(run.pid).children():
                child.send_signal(signal.SIGTERM)
        run.wait(30)
        sys.stdout.write(output.read_text())


def _wait(run: subprocess.Popen[bytes], condition: Callable[[], bool], before: float) -> float:
    while not condition():
        if run.poll() is not None or time.monotonic() - before > 900:
            raise SystemExit("the product did not start")
        time.sleep(0.05)
    return time.monotonic() - before


def _weigh() -> dict[str, float]:
    """Return the resident and the proportional memory of everything below ``make run``, in MB."""
    (top,) = [child for child in psutil.Process().children() if child.name() == "make"]
    everything = top.children(recursive=True)
    memory = [process.memory_full_info() for process in everything]
    for process, info in zip(everything, memory, strict=True):
        sys.stdout.write(f"{info.rss / 1e6:8.1f} MB  {' '.join(process.cmdline())[:100]}\n")
    return {
        "rss_mb": sum(info.rss for info in memory) / 1e6,
        "pss_mb": sum(info.pss for info in memory) / 1e6,
        "processes": len(everything),
    }


def _environment(folder: Path) -> dict[str, str]:
    """Return the variables of a machine that has no package cache and no product yet."""
    own = {"RESEE_HOME", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return kept | {
        "RESEE_PORT": str(PORT),
        "RESEE_LLM": "off",  # it comes when everything else serves, and weighs 1.3 GB
        "UV_CACHE_DIR": str(folder / "uv"),
        "PIP_NO_CACHE_DIR": "1",
    }


def main() -> int:
    """Print the figures; 1 when one is over its bar."""
    folder = Path(tempfile.mkdtemp(prefix="resee-startup-"))
    folder.chmod(0o755)
    try:
        figures = measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ok = all(figures[name] <= bar for name, bar in BARS.items())
    sys.stdout.write(json.dumps({"name": "startup", **figures, "ok": ok}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
