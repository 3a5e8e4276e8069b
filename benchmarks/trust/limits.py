"""How many of forty requests at once a limit of ten lets in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

from config.api.limiter import Limit, admit

ASKED, ALLOWED, ROUNDS = 40, 10, 10


def figures() -> dict[str, int | list[int]]:
    """Return limiter_admitted, the most of some rounds, and each round's count."""
    counts = [_round() for _ in range(ROUNDS)]
    return {"limiter_admitted": max(counts, key=lambda n: abs(n - ALLOWED)), "limiter_raw": counts}


def _round() -> int:
    limit, owner, gate = Limit("trial", ALLOWED, 60), uuid4().hex, Barrier(ASKED)

    def ask(_: int) -> bool:
        gate.wait(30)
        verdict = admit([(limit, owner)])
        return verdict is not None and verdict.is_admitted

    with ThreadPoolExecutor(ASKED) as pool:
        return sum(pool.map(ask, range(ASKED)))
