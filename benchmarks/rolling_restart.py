"""What a restart of everything costs learners at work: nothing may be lost, doubled or refused.

    make bench NAME=rolling_restart

The topology of deploy/run_topology.sh; four learners answer cards, one sends pages, one talks to
the tutor on a WebSocket, all through nginx, while every process of ours is restarted, one by one.
Whoever fails repeats under the same id. The last line is JSON: requests and requests_failed (each
answer other than 2xx, and each broken connection), reviews, pages and messages acknowledged, lost
and doubled among them, frames of the WebSocket with frames_lost and frames_doubled, jobs_failed,
restarted (processes), restart_seconds. Here nothing is repeated in rounds: one loss is too many.
"""

import argparse
import json
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")

from tests.topology.rolling import figures
from tests.topology.stage import lacking, running_topology

REVIEWERS = 4
NONE_OF = ("requests_failed", "lost", "doubled", "jobs_failed", "frames_lost", "frames_doubled")


def main() -> int:
    """Run and print; 1 when something was lost, doubled or refused."""
    parser = argparse.ArgumentParser("rolling_restart", description=__doc__)
    parser.add_argument("--rolls", type=int, default=3, help="times that everything is restarted")
    parser.add_argument("--broker", choices=["redis", "rabbitmq"], default="redis")
    options = parser.parse_args()
    if reason := lacking(options.broker):
        sys.stderr.write(f"{reason}\n")
        return 1
    with running_topology("--broker", options.broker) as stage:
        visitors = [stage.sign_up(f"learner{number}") for number in range(REVIEWERS + 2)]
        found: dict[str, Any] = figures(stage, visitors, rolls=options.rolls)
    is_ok = not any(found[name] for name in NONE_OF) and bool(found["reviews"])
    line = {"name": "rolling_restart", "n": found["requests"], "seed": 0, "broker": options.broker}
    print(json.dumps(line | found | {"ok": is_ok}))
    return 0 if is_ok else 1


if __name__ == "__main__":
    sys.exit(main())
