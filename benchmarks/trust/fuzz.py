"""How many generated calls were made, and how many were answered by a fault of ours."""

from uuid import uuid4

from accounts.models import User
from tests.fuzz.run import run

CALLS, SEED = 10_000, 7


def figures() -> dict[str, int]:
    """Return fuzz_calls, fuzz_5xx and fuzz_nonconforming; the database is migrated."""
    user = User.objects.create_user(f"{uuid4().hex}@example.com")
    found = run(user, CALLS, SEED)
    return {
        "fuzz_calls": found.calls,
        "fuzz_5xx": found.faults,
        "fuzz_nonconforming": len(found.problems),
    }
