"""Hundreds of pages through one process of the model server: does its memory grow?

    make bench NAME=ocr_endurance

Bands of pages of many sizes, every 25th a whole page; whole pages are the warm-up's first. The last
line is JSON: the process's memory after the warm-up, at the end and at most, its growth over the
medians of ten looks, how many processes read (1: none had to be replaced) and what went wrong.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil

from config.demo.page import textbook_page
from config.embedded import models
from tests.ocr_server import free_port, start_model_server, wait_until_ready

PAGES, WARM_UP, LOOKS = 500, 50, 10
WHOLE_EACH = 25
SHEETS = 8
GROWTH_MAX = 0.10


def crops(count: int, chance: random.Random) -> Iterator[str]:
    """Return which part of a page to read: bands of all heights and widths, and whole pages."""
    for number in range(count):
        if number % WHOLE_EACH == 0:
            yield ""
            continue
        top, left = chance.uniform(0.05, 0.85), chance.uniform(0, 0.4)
        yield f"{left:.3f},{top:.3f},1,{top + chance.uniform(0.04, 0.12):.3f}"


def measure(url: str, parent: psutil.Process, count: int, seed: int) -> dict[str, Any]:
    """Return the figures."""
    chance = random.Random(seed)
    sheets = [textbook_page(seed=seed + number).image_bytes for number in range(SHEETS)]
    rss, pids, failed = [], set(), 0
    with httpx.Client(base_url=url, timeout=120, trust_env=False) as client:
        for crop in crops(count, chance):
            answer = client.post("/predict", params={"crop": crop}, content=chance.choice(sheets))
            failed += not answer.is_success
            (process,) = parent.children()
            pids.add(process.pid)
            rss.append(process.memory_info().rss / 1e6)
    warm, end = median(rss[WARM_UP : WARM_UP + LOOKS]), median(rss[-LOOKS:])
    return {
        "warm_rss_mb": round(warm, 1),
        "end_rss_mb": round(end, 1),
        "max_rss_mb": round(max(rss), 1),
        "growth": round(end / warm - 1, 4),
        "processes": len(pids),
        "failed": failed,
        "raw_rss_mb": [round(value) for value in rss[:: max(count // 20, 1)]],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when memory grows by a tenth or a page fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pages", type=int, default=PAGES)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="resee-endurance-") as folder:
        os.environ["RESEE_HOME"] = folder
        models.provision(Path(folder), lambda _: None)
        port = free_port()
        process = start_model_server(port)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", process)
            parent = psutil.Process(process.pid)
            found = measure(f"http://127.0.0.1:{port}", parent, options.pages, options.seed)
        finally:
            process.terminate()
            process.wait(20)
    ok = found["growth"] < GROWTH_MAX and found["processes"] == 1 and not found["failed"]
    about = {"n": options.pages, "seed": options.seed, "ok": ok}
    sys.stdout.write(json.dumps({"name": "ocr_endurance", **found, **about}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
