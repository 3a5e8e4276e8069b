"""Facts -> a card's schedule: the invariant that every command keeps. Pure."""

from collections.abc import Iterable, Mapping
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


def replay(
    facts: Iterable[Fact], parameters: Mapping[int, Parameters], *, added_at: datetime, seed: str
) -> MemoryState:
    """Return the state after the facts in the order (reviewed_at, public_id).

    Each fact is graded by its own ``parameters``, by id; ``added_at`` is when the card became one.
    """
    state = MemoryState(due_at=added_at)
    for fact in sorted(facts, key=lambda fact: (fact.reviewed_at, fact.public_id)):
        if fact.rating is None:
            state = MemoryState(due_at=fact.reviewed_at)
        else:
            state = grade(
                state, fact.rating, fact.reviewed_at, parameters[fact.parameters_id], seed=seed
            )
    return state
