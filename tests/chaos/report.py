"""What the runs came to, for a person."""

import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

COUNTS = ("lost", "doubled", "failed", "differences")


def is_ok(figures: Mapping[str, Any]) -> bool:
    """Tell whether every fault of every profile was survived."""
    return bool(figures) and all(
        profile and all(row.get("ok", True) for row in profile["faults"].values())
        for profile in figures.values()
    )


def show(figures: Mapping[str, Any]) -> None:
    """Print a table a profile: seconds until all worked again, what came last, the counts."""
    console = Console(file=sys.stdout, width=110)
    for name, profile in figures.items():
        table = Table("fault", "recovery, s", "last of all", "units, s", *COUNTS, title=name)
        for fault, row in profile.get("faults", {}).items():
            table.add_row(fault, *_cells(row), style=None if row.get("ok", True) else "red")
        console.print(table)


def _cells(row: Mapping[str, Any]) -> list[str]:
    if "skipped" in row:
        return [f"skipped: {row['skipped']}"]
    parts: Mapping[str, float] = row["parts"]
    last = max(parts, key=lambda part: parts[part]) if parts else ""
    counts = [str(row[name]) for name in COUNTS]
    return [str(row["seconds"]), last, str(parts.get("units", "")), *counts]
