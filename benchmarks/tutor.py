"""What the tutor adds to its model: time to the first token; nothing lost, doubled or leaked.

    python -m benchmarks.tutor [--llm http://host/v1] [--streams 200] [--cases 50]

The first token is timed at the client's WebSocket, against the same provider asked alone, in turns.
With ``--llm`` a real model answers for the share of words at each level; else it is left out.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.gateway_providers import provider
from benchmarks.record_review import free_port
from config.embedded.servers import temporary_servers

ROUNDS, FIRST_TOKENS, SEED = 3, 10, 11
PROVIDER_SECONDS = 0.6  # of one answer in six words: the first comes after 100 ms
OVERHEAD_MS = 250.0


def streams(count: int, port: int) -> dict[str, Any]:
    """Return what is measured at the running processes, which ask a provider on ``port``."""
    from benchmarks import tutor_streams
    from config.settings import variables

    live, url = variables.live_port(), f"http://127.0.0.1:{port}/v1"
    rounds = [tutor_streams.first_tokens(live, url, FIRST_TOKENS) for _ in range(ROUNDS)]
    raw = {
        "first_token_ms": [median(ours) for ours, _ in rounds],
        "provider_first_token_ms": [median(alone) for _, alone in rounds],
    }
    overheads = [median(ours) - median(alone) for ours, alone in rounds]
    found = {"first_token_overhead_ms": median(overheads), "raw": raw}
    return found | tutor_streams.cut_and_resumed(live, count, SEED)


def people(cases: int, llm: str, questions: int) -> dict[str, Any]:
    """Return what is measured in this process, which is the worker then."""
    from benchmarks import tutor_people
    from benchmarks.gateway_providers import use

    found: dict[str, Any] = tutor_people.injection_leaks(cases)
    found["level_share"] = None
    if llm:
        use(llm)
        found["level_share"] = tutor_people.level_shares(tutor_people.QUESTIONS[:questions])
    return found


def is_ok(found: dict[str, Any]) -> bool:
    """Hold the figures against the bars."""
    nothing = ("lost_chunks", "doubled_chunks", "injection_leaks")
    return found["first_token_overhead_ms"] <= OVERHEAD_MS and not any(
        found[name] for name in nothing
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description="What the tutor adds to its model.")
    parser.add_argument("--llm", default="", help="OpenAI-compatible server for level_share")
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--cases", type=int, default=50)
    parser.add_argument("--questions", type=int, default=2, help="Asked at each level")
    given = parser.parse_args(arguments)
    with provider(PROVIDER_SECONDS) as url:
        port = int(url.rpartition(":")[2].removesuffix("/v1"))
        os.environ |= {
            "RESEE_PORT": str(free_port(port + 10)),
            "LOG_LEVEL": "ERROR",
            "LLM_BASE_URL": url,
            "LLM_MODEL": "benchmark",
        }
        names = ("RATE_LIMIT_LEARNER", "LLM_TOKENS_PER_DAY", "LLM_CALLS_PER_MINUTE")
        os.environ |= dict.fromkeys(names, "100000000")
        with temporary_servers() as root:
            os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
            found = _measured(given, root, port)
    ok = is_ok(found) and found["injection_cases"] == given.cases
    shown = {"name": "tutor", **found, "n": given.streams, "seed": SEED, "ok": ok}
    sys.stdout.write(json.dumps(shown) + "\n")
    return 0 if ok else 1


def _measured(given: argparse.Namespace, root: Any, port: int) -> dict[str, Any]:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.tutor_streams import product

    with product(root):
        found = streams(given.streams, port)
    return found | people(given.cases, given.llm, given.questions)


if __name__ == "__main__":
    sys.exit(main())
