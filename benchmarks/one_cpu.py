"""What binding the web process to one CPU does to a review, with one and with eight clients.

    make bench NAME=one_cpu

Two web processes on one PostgreSQL and one Valkey, started as the product starts its own; one of
them may then run on every CPU. They take turns, five rounds, medians. The last line is JSON:
bound_cpu_ms_1 and _8, free_cpu_ms_1 and _8 (of the web process, a review), bound_per_s_1 and _8,
free_per_s_1 and _8 (reviews), and the ratios: cpu_ratio_1, cpu_ratio_8, per_s_ratio_8.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from statistics import median
from typing import Any

import psutil

from benchmarks.record_review import CLIENTS, free_port, prepare, singles, web_process
from config.embedded.servers import temporary_servers

RUNS = 5
REVIEWS = 320  # a round, of all clients
RATIOS = {"cpu_ratio_1": "cpu_ms_1", "cpu_ratio_8": "cpu_ms_8", "per_s_ratio_8": "per_s_8"}
CEILINGS = {"cpu_ratio_1": 1.1, "cpu_ratio_8": 0.9}


def let_free(web: psutil.Process) -> None:
    """Let every thread of the process and its children run wherever we may."""
    for process in (web, *web.children(recursive=True)):
        for thread in process.threads():
            os.sched_setaffinity(thread.id, os.sched_getaffinity(0))


def measure(seed: int, webs: dict[str, tuple[int, psutil.Process]]) -> dict[str, list[float]]:
    """Return the raw values of each process, by figure."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    (database,) = [p for p in psutil.Process().children() if "postgres" in p.name()]
    stage = prepare(seed, psutil.Process(), database)
    raw: dict[str, list[float]] = {}
    for number in range(RUNS + 1):
        for name in sorted(webs, reverse=bool(number % 2)):
            port, stage.web = webs[name]
            os.environ["RESEE_PORT"] = str(port)
            for clients in (1, CLIENTS):
                found = singles(stage, clients, REVIEWS // clients)
                if number:  # the first round warms up
                    per_s, cpu_ms = found[f"reviews_per_s_{clients}"], found[f"cpu_ms_{clients}"]
                    raw.setdefault(f"{name}_per_s_{clients}", []).append(per_s)
                    raw.setdefault(f"{name}_cpu_ms_{clients}", []).append(cpu_ms)
    return raw


def run(seed: int) -> dict[str, list[float]]:
    """Start both processes and return what they took."""
    ports = {"bound": free_port(), "free": free_port(21_000)}
    os.environ |= {"RESEE_PORT": str(ports["bound"]), "RATE_LIMIT_LEARNER": "1000000000"}
    os.environ["RATE_LIMIT_ADDRESS"] = "1000000000"
    with temporary_servers() as root:
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        with web_process(root) as bound:
            os.environ["RESEE_PORT"] = str(ports["free"])
            with web_process(root) as free:
                let_free(free)
                return measure(
                    seed, {"bound": (ports["bound"], bound), "free": (ports["free"], free)}
                )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when binding saves no tenth with eight clients, or costs with one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=7)
    seed = parser.parse_args(arguments).seed
    raw = run(seed)
    shown: dict[str, Any] = {name: round(median(values), 3) for name, values in raw.items()}
    for ratio, figure in RATIOS.items():
        shown[ratio] = round(shown[f"bound_{figure}"] / shown[f"free_{figure}"], 3)
    ok = all(shown[name] <= bar for name, bar in CEILINGS.items())
    rounded = {name: [round(value, 3) for value in values] for name, values in raw.items()}
    about = {"raw": rounded, "n": RUNS, "seed": seed, "ok": ok}
    sys.stdout.write(json.dumps({"name": "one_cpu", **shown, **about}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
