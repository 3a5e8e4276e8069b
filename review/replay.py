"""Facts -> a card's schedule: the invariant that every command keeps. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
    due_at: datetime


def replay(
    facts: Iterable[Fact], parameters: Mapping[int, Parameters], *, added_at: datetime, seed: str
) -> MemoryState:
    """Return the state after the facts in the order (reviewed_at, public_id), each by its own parameters."""
    state = MemoryState(due_at=added_at)
    for fact in sorted(facts, key=lambda fact: (fact.reviewed_at, fact.public_id)):
        if fact.rating is None:
            state = MemoryState(due_at=fact.due_at)
        else:
            state = grade(
                state, fact.rating, fact.reviewed_at, parameters[fact.parameters_id], seed=seed
            )
    return state
