"""The cards an exam may ask, and those around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.queries.learners import Learner
from review.access import cards_of, category_of
from review.models import ReviewSchedule
from review.queries.contents import category_and_below
from review.queries.due import is_due

_FIELDS = (
    "content__public_id", "content__front", "content__back", "content__gloss", "content__example",
    "lapses",
)  # fmt: skip
_ORDERS: dict[str, tuple[Any, ...]] = {
    "due": ("due_at", "content_id"),
    "weak": ("-lapses", F("difficulty").desc(nulls_last=True), "content_id"),
    "recent": ("-content_id",),
    "all": ("?",),
}


@dataclass(frozen=True, slots=True)
class AskedCard:
    """What a card says, and how often it was forgotten."""

    id: UUID
    front: str
    back: str
    gloss: str
    example: str
    lapses: int


def cards_to_ask(
    learner: Learner,
    *,
    choice: str,
    category_id: UUID | None,
    tags: Sequence[str],
    now: datetime,
    limit: int,
) -> list[AskedCard]:
    """Return cards that are awake and no drafts: ``choice`` is due, weak, recent or all.

    Of the category and all below it, with one of the tags. Due cards come oldest first, weak ones
    by lapses, all at random. CategoryNotFound.
    """
    rows = _awake(learner)
    if choice == "due":
        rows = rows.filter(is_due(now))
    if category_id is not None:
        category_of(learner, category_id)
        rows = rows.filter(content__category_id__in=category_and_below(learner, category_id))
    if tags:
        rows = rows.filter(content__tags__overlap=list(tags))
    return _cards(rows.order_by(*_ORDERS[choice]), limit)


def newest_cards(learner: Learner, *, limit: int) -> list[AskedCard]:
    """Return the learner's newest cards, to take wrong answers from. One query."""
    return _cards(_awake(learner).order_by("-content_id"), limit)


def _awake(learner: Learner) -> QuerySet[ReviewSchedule]:
    return cards_of(learner.id).filter(suspended_at=None)


def _cards(rows: QuerySet[ReviewSchedule], limit: int) -> list[AskedCard]:
    return [AskedCard(*row) for row in rows.values_list(*_FIELDS)[:limit]]
