"""Which cards are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.queries.learners import Learner
from review.models import LearnerClock, ReviewSchedule
from review.parameters import chosen, parameters
from review.queries.contents import category_and_below, stage_name
from review.ratings import Rating
from review.scheduling import MemoryState, preview, retrievability
from review.states import STATE_FIELDS

_CARD = (
    "content__public_id", "content__category__public_id", "content__front", "content__back",
    "content__gloss", "content__example", "content__tags", "content__source",
    "content__category__applied_parameters_id", "learner_choice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DueCards:
    """The cards to review next, oldest due first, and how many are due in all."""

    cards: Sequence[dict[str, Any]]
    due_count: int


def is_due(by: datetime, *, prefix: str = "") -> Q:
    """Due and awake by then, however late; ``prefix`` leads to the schedule.

    Archived contents are the caller's to leave out.
    """
    return Q(
        Q((f"{prefix}buried_until", None)) | Q((f"{prefix}buried_until__lte", by)),
        (f"{prefix}suspended_at", None),
        (f"{prefix}due_at__lte", by),
    )


def schedules_due(learner: Learner, now: datetime) -> QuerySet[ReviewSchedule]:
    """Return the schedules of all cards due by ``now``, however late."""
    return ReviewSchedule.objects.filter(is_due(now), user_id=learner.id, content__archived_at=None)


def due_cards(
    learner: Learner, *, now: datetime, limit: int, category_id: UUID | None = None
) -> DueCards:
    """Return the cards due by ``now``, each with what the four ratings would lead to.

    ``category_id`` means the category and all below it. Two queries, three with a category.
    """
    rows = schedules_due(learner, now)
    if category_id is not None:
        rows = rows.filter(content__category_id__in=category_and_below(learner, category_id))
    of_learner = LearnerClock.objects.filter(user_id=OuterRef("user_id")).values("parameters_id")
    chosen_rows = rows.annotate(learner_choice=Subquery(of_learner))
    found = chosen_rows.order_by("due_at", "content_id").values(*_CARD, *STATE_FIELDS)[:limit]
    cards = [_card(row, now) for row in found]
    return DueCards(cards, rows.count() if len(cards) == limit else len(cards))


def _card(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    state = MemoryState(**{name: row[name] for name in STATE_FIELDS})
    of_category = row["content__category__applied_parameters_id"]
    rules = parameters(chosen(of_category, row["learner_choice"]))
    seed = str(row["content__public_id"])
    return {
        "id": row["content__public_id"],
        "category": row["content__category__public_id"],
        **{
            name: row[f"content__{name}"]
            for name in ("front", "back", "gloss", "example", "tags", "source")
        },
        "stage": stage_name(state.stage),
        "due_at": state.due_at,
        "reps": state.reps,
        "lapses": state.lapses,
        "retrievability": retrievability(state, now, rules),
        "next_intervals": intervals(preview(state, now, rules, seed=seed), now),
    }


def intervals(due_at_by_rating: dict[Rating, datetime], now: datetime) -> dict[str, Any]:
    """Return what each rating would lead to: the moment, and the seconds from ``now``."""
    return {
        rating.name.lower(): {"due_at": due_at, "seconds": int((due_at - now).total_seconds())}
        for rating, due_at in due_at_by_rating.items()
    }
