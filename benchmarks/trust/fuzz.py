"""How many generated calls were made, and how many were answered by a fault of ours."""

from typing import Any
from uuid import uuid4

from accounts.models import User
from tests.fuzz.run import run

CALLS_EACH = 10  # for one of the other groups' repetitions


def figures(seed: int, count: int) -> dict[str, Any]:
    """Return what was called and how it was answered; the database is migrated."""
    user = User.objects.create_user(f"{uuid4().hex}@example.com")
    found = run(user, CALLS_EACH * count, seed)
    return {
        "fuzz_operations": found.operations,
        "fuzz_calls": found.calls,
        "fuzz_sign_in_calls": found.sign_in_calls,
        "fuzz_5xx": found.faults,
        "fuzz_nonconforming": len(found.problems),
    }


def holds(figures: dict[str, Any]) -> bool:
    """Tell whether every answer was one that the schema names, and none a fault of ours."""
    return not figures["fuzz_5xx"] and not figures["fuzz_nonconforming"]
