"""Facts -> a card's schedule: the invariant that every command keeps. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from review.ratings import Rating
from review.scheduling import MemoryState, Parameters, grade


@dataclass(frozen=True, slots=True)
class Fact:
    """One effective review or reset (rating None) of a card; undone ones are left out before.

    A card that comes from elsewhere comes with a memory: whatever was before, it ``sets`` that.
    """

    public_id: UUID
    rating: Rating | None
    reviewed_at: datetime
    parameters_id: int
    sets: MemoryState | None = None

    @property
    def place(self) -> tuple[datetime, bool, UUID]:
        """Where it stands among a card's facts: a memory after the reviews that led to it."""
        return self.reviewed_at, self.sets is not None, self.public_id


def walk(
    start: MemoryState, facts: Iterable[Fact], parameters: Mapping[int, Parameters], *, seed: str
) -> Iterator[tuple[Fact, MemoryState, MemoryState]]:
    """Yield each fact in its place with the states before and after it."""
    state = start
    for fact in sorted(facts, key=lambda fact: fact.place):
        before, rules = state, parameters[fact.parameters_id]
        if fact.sets is not None:
            state = fact.sets
        elif fact.rating is None:
            state = MemoryState(due_at=fact.reviewed_at)
        else:
            state = grade(before, fact.rating, fact.reviewed_at, rules, seed=seed)
        yield fact, before, state


def replay(
    facts: Iterable[Fact], parameters: Mapping[int, Parameters], *, added_at: datetime, seed: str
) -> MemoryState:
    """Return the state after the facts, each graded by its own parameters.

    ``parameters`` is by id; ``added_at`` is when the card became one. What stands before the last
    memory that was set need not be graded.
    """
    state = MemoryState(due_at=added_at)
    facts = list(facts)
    set_at = max((fact.place for fact in facts if fact.sets is not None), default=None)
    if set_at is not None:
        facts = [fact for fact in facts if fact.place >= set_at]
    for _, _, after in walk(state, facts, parameters, seed=seed):
        state = after
    return state
