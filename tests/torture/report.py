"""What a run came to: what must not have happened, and what must have."""

import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

NEVER = ("wrong", "final_difference", "doubled", "unanswered", "errors")
AT_LEAST_ONCE = (
    "commits", "rollbacks", "savepoints", "long_transactions", "crashes", "undos", "moves",
    "during_folds", "lost_writes", "late_writes", "doubled_writes", "readings", "hits",
    "late_readings", "folds", "folded", "refreshes", "flushes", "restarts",
)  # fmt: skip


def faults(figures: Mapping[str, Any]) -> list[str]:
    """Name each figure that is not as it has to be; a fault that never happens proves nothing."""
    found = [name for name in NEVER if figures[name]]
    found += [f"no {name}" for name in AT_LEAST_ONCE if not figures[name]]
    return found


def show(figures: Mapping[str, Any], faults: list[str]) -> None:
    """Print the figures for a person."""
    table = Table("figure", "count", title="torture")
    table.columns[1].justify = "right"
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value), style="red" if name in faults else None)
    Console(file=sys.stdout).print(table)
