"""How many routes the isolation matrix asks, and how many leak."""

from typing import Any

from tests.isolation import matrix


def figures(_seed: int, _count: int) -> dict[str, Any]:
    """Return idor_routes, idor_calls and idor_leaks; the database is migrated, nothing is kept.

    A route without a row counts as a leak: nobody has said whom it is for. All routes are asked,
    whatever the seed and the count.
    """
    found = matrix.run(matrix.routes())
    return {
        "idor_routes": found.routes,
        "idor_calls": found.calls,
        "idor_leaks": len(found.leaks) + len(found.without_row),
    }


def holds(figures: dict[str, Any]) -> bool:
    """Tell whether nobody reached what is another's."""
    return bool(figures["idor_routes"] and not figures["idor_leaks"])
