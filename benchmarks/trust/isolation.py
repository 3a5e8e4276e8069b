"""How many routes the isolation matrix asks, and how many leak."""

from tests.isolation import matrix


def figures() -> dict[str, int]:
    """Return idor_routes, idor_calls and idor_leaks; the database is migrated, nothing is kept.

    A route without a row counts as a leak: nobody has said whom it is for.
    """
    found = matrix.run(matrix.routes())
    return {
        "idor_routes": found.routes,
        "idor_calls": found.calls,
        "idor_leaks": len(found.leaks) + len(found.without_row),
    }
