"""Torture the statistics for a while and say whether a single reading was wrong.

    make torture ARGS="--seconds 60 --seed 7"
    make torture ARGS="--watermark max-id"      the same against a naive fold: it has to fail

Own PostgreSQL and Valkey in a temporary folder. The last line is JSON; 1 when anything was wrong.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from config.embedded.servers import temporary_servers

PAIRS = 1000


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="racing posts of one public id")
    parser.add_argument("--watermark", choices=["xid", "max-id"], default="xid")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one of them is not as it has to be."""
    options = _options(arguments)
    with temporary_servers(is_durable=False) as root:
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        os.environ["LOG_LEVEL"] = "ERROR"  # that Valkey is away is a warning, and wanted
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # hits are counted by process
        from tests.torture import report, run

        figures = run.run(
            root,
            seconds=options.seconds,
            seed=options.seed,
            pairs=options.pairs,
            watermark=options.watermark,
        )
    faults = report.faults(figures)
    report.show(figures, faults)
    result = {"name": "torture", **figures, "faults": faults, "ok": not faults}
    sys.stdout.write(json.dumps(result) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
