"""A stored schedule and its facts, as the pure rules see them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from review.models import ReviewHistory, ReviewSchedule
from review.parameters import parameters
from review.ratings import Rating
from review.replay import Fact, replay, walk
from review.scheduling import MemoryState, Parameters

STATE_FIELDS = (
    "due_at", "stage", "step", "stability", "difficulty", "reviewed_at", "reps", "lapses",
)  # fmt: skip


def state_of(schedule: ReviewSchedule) -> MemoryState:
    """Return the memory state a schedule holds."""
    return MemoryState(**{name: getattr(schedule, name) for name in STATE_FIELDS})


def effective_facts(*schedules: ReviewSchedule) -> dict[int, list[Fact]]:
    """Return, by content key, what has happened to the cards and was not undone. One query."""
    rows = ReviewHistory.objects.filter(
        content_id__in=[schedule.pk for schedule in schedules], sign=1, undos=None
    ).values_list("content_id", "public_id", "rating", "reviewed_at", "parameters_id", "imported")
    facts: dict[int, list[Fact]] = {schedule.pk: [] for schedule in schedules}
    for content_id, public_id, rating, reviewed_at, parameters_id, imported in rows:
        sets = memory_of_json(imported) if imported and rating is None else None
        answer = Rating(rating) if rating else None
        facts[content_id].append(Fact(public_id, answer, reviewed_at, parameters_id, sets))
    return facts


def memory_as_json(state: MemoryState) -> dict[str, Any]:
    """Return a memory as a fact keeps it: exactly."""
    at = state.reviewed_at
    return {
        **state._asdict(),
        "due_at": state.due_at.isoformat(),
        "reviewed_at": at.isoformat() if at else None,
    }


def memory_of_json(kept: Mapping[str, Any]) -> MemoryState:
    """Return the memory that a fact keeps."""
    at = kept["reviewed_at"]
    moments = {
        "due_at": datetime.fromisoformat(kept["due_at"]),
        "reviewed_at": datetime.fromisoformat(at) if at else None,
    }
    return MemoryState(**{**kept, **moments})


def card_replay(schedule: ReviewSchedule, facts: Iterable[Fact]) -> MemoryState:
    """Return the state that follows from ``facts`` for this card."""
    facts = list(facts)
    return replay(
        facts,
        _rules(facts),
        added_at=schedule.added_at,
        seed=str(schedule.content.public_id),
    )


def is_late(schedule: ReviewSchedule, facts: Iterable[Fact]) -> bool:
    """Tell whether one of the facts lies before what the schedule knows already."""
    known = schedule.reviewed_at
    if known is None and schedule.due_at != schedule.added_at:
        known = schedule.due_at  # made new again: due since that moment
    return known is not None and any(fact.reviewed_at <= known for fact in facts)


def merge(
    schedule: ReviewSchedule, new: Sequence[Fact], known: Sequence[Fact] | None
) -> tuple[dict[UUID, tuple[MemoryState, MemoryState]], MemoryState]:
    """Return the states before and after each new fact, by public id, and the card's state then.

    ``known`` are the card's effective facts, needed only when a new fact comes late.
    """
    start = state_of(schedule) if known is None else MemoryState(due_at=schedule.added_at)
    facts = [*(known or ()), *new]
    ids = {fact.public_id for fact in new}
    state, steps = start, {}
    seed = str(schedule.content.public_id)
    for fact, before, state in walk(start, facts, _rules(facts), seed=seed):
        if fact.public_id in ids:
            steps[fact.public_id] = (before, state)
    return steps, state


def _rules(facts: Iterable[Fact]) -> dict[int, Parameters]:
    return {fact.parameters_id: parameters(fact.parameters_id) for fact in facts}
