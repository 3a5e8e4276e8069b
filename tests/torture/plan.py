"""What every process of a run is told, and what they count together."""

import random
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from uuid import UUID

from accounts.queries.learners import Learner

NAMES = (
    "commits", "rollbacks", "savepoints", "long_transactions", "refused", "resent",
    "undos", "moves", "during_folds",
    "lost_writes", "late_writes", "doubled_writes",
    "readings", "hits", "misses", "late_readings", "unsettled", "wrong",
    "folds_begun", "folds", "folded", "refreshes", "races",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One learner of the run, with the public ids of cards and categories."""

    learner: Learner
    contents: tuple[UUID, ...]
    categories: tuple[UUID, ...]


class Tally:
    """Counters that all processes share."""

    def __init__(self, context: ForkServerContext) -> None:
        self._lock = context.Lock()
        self._values = context.Array("q", len(NAMES), lock=False)

    def add(self, name: str, count: int = 1) -> None:
        """Count."""
        with self._lock:
            self._values[NAMES.index(name)] += count

    def __getitem__(self, name: str) -> int:
        """Return a counter as it stands."""
        return int(self._values[NAMES.index(name)])

    def all(self) -> dict[str, int]:
        """Return every counter by its name."""
        return {name: self[name] for name in NAMES}


@dataclass(frozen=True, slots=True)
class Plan:
    """A run; ``deadline`` is a monotonic time, which is one clock for all processes."""

    seed: int
    deadline: float
    members: tuple[Member, ...]
    racing: Member
    pairs: int
    watermark: str
    tally: Tally

    @property
    def everybody(self) -> tuple[Member, ...]:
        """All learners: those of the writers and the one of the racing pairs."""
        return (*self.members, self.racing)

    def random(self, *names: object) -> random.Random:
        """Return a source of chance of its own for each name."""
        return random.Random(f"{self.seed} {names}")


def new_id(source: random.Random) -> UUID:
    """Return a public id as a client chooses it."""
    return UUID(int=source.getrandbits(128), version=4)
