"""Which cards are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Extract

from accounts.queries.learners import Learner
from review.access import cards_of
from review.models import LearnerClock, ReviewSchedule
from review.parameters import chosen, parameters
from review.queries.compiled import Compiled
from review.queries.contents import category_and_below, stage_name
from review.ratings import Rating
from review.scheduling import MemoryState, preview, retrievability
from review.states import STATE_FIELDS

_CARD = (
    "content__public_id", "content__category__public_id", "content__front", "content__back",
    "content__gloss", "content__example", "content__tags", "content__source",
    "content__category__applied_parameters_id", "learner_choice", "due_count",
)  # fmt: skip


class Order(StrEnum):
    """What comes first: what the plan asks first, or what is most surely recalled."""

    PLANNED = "planned"
    RECALL = "recall"


@dataclass(frozen=True, slots=True)
class DueCards:
    """The cards to review next, oldest due first, and how many are due in all."""

    cards: Sequence[dict[str, Any]]
    due_count: int


def _faded(now: datetime) -> Any:
    """How much of a memory's span has passed: recall falls with it, and with nothing else."""
    elapsed = Extract(Value(now) - F("reviewed_at"), "epoch")
    return ExpressionWrapper(elapsed / F("stability"), output_field=FloatField())


def is_due(by: datetime, *, prefix: str = "") -> Q:
    """Planned and awake by then, however late; ``prefix`` leads to the schedule.

    Archived contents are the caller's to leave out.
    """
    return Q(
        Q((f"{prefix}buried_until", None)) | Q((f"{prefix}buried_until__lte", by)),
        (f"{prefix}suspended_at", None),
        (f"{prefix}planned_at__lte", by),
    )


def due_cards(
    learner: Learner,
    *,
    now: datetime,
    limit: int,
    category_id: UUID | None = None,
    order: Order = Order.PLANNED,
) -> DueCards:
    """Return the cards due by ``now``, each with what the four ratings would lead to.

    ``category_id`` means the category and all below it. One query, two with a category.
    """
    if category_id is None and order is Order.PLANNED:
        found = _DUE.rows(user_id=learner.id, now=now, limit=limit)
    else:
        rows = due_rows(user_id=learner.id, now=now)
        if category_id is not None:
            below = category_and_below(learner, category_id)
            rows = rows.filter(content__category_id__in=below)
        if order is Order.RECALL:
            rows = rows.order_by(_faded(now).asc(nulls_last=True), "content_id")
        found = list(rows[:limit])
    return DueCards([due_card(row, now) for row in found], found[0]["due_count"] if found else 0)


def due_rows(*, user_id: int, now: datetime) -> "QuerySet[ReviewSchedule, dict[str, Any]]":
    """Return the cards due, oldest first, each row with how many they are in all."""
    of_learner = LearnerClock.objects.filter(user_id=OuterRef("user_id")).values("parameters_id")
    rows = cards_of(user_id).filter(is_due(now))
    counted: Any = rows.annotate(learner_choice=Subquery(of_learner), due_count=Window(Count("*")))
    counted = counted.order_by("planned_at", "content_id").values(*_CARD, *STATE_FIELDS)
    found: QuerySet[ReviewSchedule, dict[str, Any]] = counted
    return found


_DUE = Compiled(due_rows)


def due_card(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return a row of due_rows as the learner sees the card."""
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
