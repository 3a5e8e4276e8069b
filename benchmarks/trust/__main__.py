"""What must hold whoever asks, counted: ``python -m benchmarks.trust [--only tokens] [--seed 1]``.

Own PostgreSQL and Valkey. Every module of GROUPS has ``figures(seed, count) -> dict`` and
``holds(figures) -> bool``; the last line is JSON with all their figures. Exit 1 when one of them
does not hold.

- tokens: refresh_races races of racers with one refresh token each; refresh_accepted of all those
  requests were accepted (one a race), families_alive afterwards; replays of one rotated token,
  replays_accepted of them; revoked_read_ms and good_read_ms: checking an access token of a revoked
  and of a good device, wall ms (median and p99) through Redis, good_database_ms without it.
- limits: limiter_admitted of 40 requests at once against a limit of 10; limiter_raw, each round.
- isolation: idor_routes asked as everybody in every way by idor_calls; idor_leaks of them.
- fuzz: fuzz_calls made from the schema over fuzz_operations, fuzz_sign_in_calls of them to allauth;
  fuzz_5xx and fuzz_nonconforming answers.
"""

import argparse
import importlib
import json
import logging
import os
import sys
from typing import Any

from config.embedded.servers import temporary_servers

GROUPS = ("tokens", "limits", "isolation", "fuzz")


def main() -> int:
    """Count every group's figures and print them; the exit status tells whether all hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=GROUPS, help="one group alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-n", type=int, default=1000, help="replays, reads")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
    os.environ |= {"RATE_LIMIT_LEARNER": "1000000", "RATE_LIMIT_ADDRESS": "1000000", "PROOF": "1"}
    with temporary_servers():
        import django
        from django.core.management import call_command

        django.setup()
        from django.test.utils import setup_test_environment

        setup_test_environment()  # the clients call their host testserver
        call_command("migrate", verbosity=0)
        logging.disable(logging.CRITICAL)  # thousands of refusals
        found: dict[str, Any] = {}
        ok = True
        for name in GROUPS if options.only is None else (options.only,):
            group = importlib.import_module(f"benchmarks.trust.{name}")
            figures = group.figures(options.seed, options.n)
            ok = ok and group.holds(figures)
            found |= figures
    print(json.dumps({"name": "trust", **found, "n": options.n, "seed": options.seed, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
