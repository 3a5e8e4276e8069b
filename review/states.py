"""A stored schedule and its facts, as the pure rules see them."""

from collections.abc import Iterable

from review.models import ReviewHistory, ReviewSchedule
from review.parameters import parameters
from review.ratings import Rating
from review.replay import Fact, replay
from review.scheduling import MemoryState

STATE_FIELDS = (
    "due_at", "stage", "step", "stability", "difficulty", "reviewed_at", "reps", "lapses",
)  # fmt: skip


def state_of(schedule: ReviewSchedule) -> MemoryState:
    """Return the memory state a schedule holds."""
    return MemoryState(**{name: getattr(schedule, name) for name in STATE_FIELDS})


def effective_facts(schedule: ReviewSchedule) -> list[Fact]:
    """Return what has happened to the card and was not undone. One query."""
    rows = ReviewHistory.objects.filter(
        content_id=schedule.content_id, sign=1, undone_by=None
    ).values_list("public_id", "rating", "reviewed_at", "parameters_id")
    return [
        Fact(public_id, Rating(rating) if rating else None, reviewed_at, parameters_id)
        for public_id, rating, reviewed_at, parameters_id in rows
    ]


def card_replay(schedule: ReviewSchedule, facts: Iterable[Fact]) -> MemoryState:
    """Return the state that follows from ``facts`` for this card."""
    facts = list(facts)
    rules = {fact.parameters_id: parameters(fact.parameters_id) for fact in facts}
    return replay(facts, rules, added_at=schedule.added_at, seed=str(schedule.content.public_id))
