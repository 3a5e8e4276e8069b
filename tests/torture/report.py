"""What a run came to: what must not have happened, and what must have."""

import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

NEVER = ("wrong", "final_difference", "doubled", "unanswered", "errors")
ALWAYS = ("commits", "readings", "hits", "folds", "folded", "refreshes", "flushes", "restarts")
IN_TIME = (
    "rollbacks", "savepoints", "long_transactions", "crashes", "resent", "undos", "moves",
    "during_folds", "lost_writes", "late_writes", "doubled_writes", "late_readings",
)  # fmt: skip
LONG_SECONDS = 30  # in a shorter run, one of them may not have come up


def faults(figures: Mapping[str, Any]) -> list[str]:
    """Name each figure that is not as it has to be; a fault that never happens proves nothing."""
    wanted = ALWAYS + (IN_TIME if figures["seconds"] >= LONG_SECONDS else ())
    found = [name for name in NEVER if figures[name]]
    return found + [f"no {name}" for name in wanted if not figures[name]]


def show(figures: Mapping[str, Any], faults: list[str]) -> None:
    """Print the figures for a person."""
    table = Table("figure", "count", title="torture")
    table.columns[1].justify = "right"
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value), style="red" if name in faults else None)
    Console(file=sys.stdout).print(table)
