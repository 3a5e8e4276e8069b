"""What the due list and the dashboard cost over HTTP, beside django-ninja and FastAPI + asyncpg.

    make bench NAME=http_read

Own PostgreSQL and Valkey; 200 learners with 300 cards and 3,000 reviews each. Each server is one
process with one worker: ours with the production settings, all middleware, as the product starts
it; django-ninja with the same start, settings, middleware and queries; FastAPI on uvicorn with the
same SQL over asyncpg. One client, one kept connection, the learners in turn.

The last line is JSON. By route: ours_cpu_ms, ninja_cpu_ms, fastapi_cpu_ms (CPU ms of the server's
processes a request, the database's not counted, median of the rounds), each one's p50_ms, ratios,
all runs; uvicorn says which loop and parser FastAPI was served with; mismatches are answers in
which a peer differs from ours. Then the hit rate of the cache of a learner's own figures at 10
reads a write, and what a hit saves of a dashboard. The cache is empty at first: first_reads (one a
learner) are misses whatever the cache does, so fewer --writes mean a lower rate.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

from benchmarks.http_read.contenders import ROUTES, Contender, comparable, running
from config.embedded.servers import temporary_servers
from config.settings import home

ROUNDS = 3
COMPARED = 20  # learners whose answers are compared, by route and peer
BARS = {"ninja": 0.8, "fastapi": 2.5}
HIT_RATE = 0.85


def configure() -> None:
    """Tell production by the environment what it asks for."""
    sockets = quote(str(home.postgres_socket_dir()), safe="")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "the benchmark's own key, longer than the fifty characters it takes",
        "DATABASE_URL": f"postgres://resee@{sockets}/resee",
        "REDIS_URL": f"unix://{home.valkey_socket()}",
        "OCR_MODEL_SERVER_URL": "http://127.0.0.1:9",  # nobody asks it
        "ALLOWED_HOSTS": "127.0.0.1",
        "RATE_LIMIT_LEARNER": "1000000000",  # counted, never reached
        "RATE_LIMIT_ADDRESS": "1000000000",
        "LOG_LEVEL": "WARNING",
    }


def mismatches(contenders: Mapping[str, Contender], tokens: Sequence[str]) -> int:
    """Return how many answers of the peers differ from ours; an empty one of ours is a fault."""
    found = 0
    for token in tokens:
        for route, path in ROUTES.items():
            ours, *others = (comparable(each.get(path, token)) for each in contenders.values())
            found += sum(other != ours for other in others)
            if route == "due" and len(ours["cards"]) != 20:
                raise RuntimeError("a learner has fewer than 20 cards due")
    return found


def rounds(
    contenders: Mapping[str, Contender], tokens: Sequence[str], requests: int
) -> dict[str, Any]:
    """Return each route's figures: the servers take turns, medians over the rounds."""
    figures: dict[str, Any] = {}
    for route, path in ROUTES.items():
        runs: dict[str, list[Any]] = {name: [] for name in contenders}
        for _ in range(ROUNDS):
            for name, contender in contenders.items():
                contender.spent(path, tokens, len(tokens))  # to warm up
                runs[name].append(contender.spent(path, tokens, requests))
        shown: dict[str, Any] = {}
        for name, spent in runs.items():
            shown[f"{name}_cpu_ms"] = median(each.cpu_ms for each in spent)
            shown[f"{name}_p50_ms"] = median(each.p50_ms for each in spent)
            shown[f"{name}_cpu_ms_runs"] = [round(each.cpu_ms, 3) for each in spent]
        for name in BARS:
            shown[f"ratio_{name}"] = shown["ours_cpu_ms"] / shown[f"{name}_cpu_ms"]
        figures[route] = shown
    return figures


def measure(root: Path, requests: int, writes: int, seed: int) -> dict[str, Any]:
    """Return every figure."""
    import django
    from django.core.management import call_command

    django.setup()
    from benchmarks.http_read import hit_rate, learners
    from tests.client import log_in

    call_command("migrate", verbosity=0)
    users = learners.make(seed)
    tokens = [log_in(user)[1].access for user in users]
    with running(root, tokens[0]) as contenders:
        differing = mismatches(contenders, tokens[:COMPARED])
        figures = rounds(contenders, tokens, requests)
    return {
        **figures,
        "mismatches": differing,
        "uvicorn": [name for name in ("uvloop", "httptools") if find_spec(name)] or "asyncio, h11",
        **hit_rate.rate(users, writes=writes, seed=seed),
        **hit_rate.saving(users),
    }


def is_ok(figures: Mapping[str, Any]) -> bool:
    """Hold the figures against the bars."""
    ratios = [
        figures[route][f"ratio_{name}"] <= bar for route in ROUTES for name, bar in BARS.items()
    ]
    return all(ratios) and figures["mismatches"] == 0 and figures["hit_rate"] >= HIT_RATE


def rounded(value: Any) -> Any:
    """Return the figures with four digits after the point."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--writes", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    with temporary_servers() as root:
        configure()
        figures = measure(root, options.requests, options.writes, options.seed)
        counts = {"n": options.requests, "rounds": ROUNDS, "writes": options.writes}
        shown = {**counts, "seed": options.seed, **rounded(figures)}
        ok = is_ok(figures)
        sys.stdout.write(json.dumps({"name": "http_read", **shown, "ok": ok}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
