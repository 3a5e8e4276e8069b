"""Facts -> a card's schedule: the invariant that every command keeps. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from review.ratings import Rating
from review.scheduling import MemoryState, Parameters, grade


@dataclass(frozen=True, slots=True)
class Fact:
    """One effective review or reset (rating None) of a card; undone ones are left out before."""

    public_id: UUID
    rating: Rating | None
    reviewed_at: datetime
    parameters_id: int


def walk(
    start: MemoryState, facts: Iterable[Fact], parameters: Mapping[int, Parameters], *, seed: str
) -> Iterator[tuple[Fact, MemoryState, MemoryState]]:
    """Yield each fact in the order (reviewed_at, public_id) with the states before and after it."""
    state = start
    for fact in sorted(facts, key=lambda fact: (fact.reviewed_at, fact.public_id)):
        before, rules = state, parameters[fact.parameters_id]
        if fact.rating is None:
            state = MemoryState(due_at=fact.reviewed_at)
        else:
            state = grade(before, fact.rating, fact.reviewed_at, rules, seed=seed)
        yield fact, before, state


def replay(
    facts: Iterable[Fact], parameters: Mapping[int, Parameters], *, added_at: datetime, seed: str
) -> MemoryState:
    """Return the state after the facts, each graded by its own parameters.

    ``parameters`` is by id; ``added_at`` is when the card became one.
    """
    state = MemoryState(due_at=added_at)
    for _, _, after in walk(state, facts, parameters, seed=seed):
        state = after
    return state
