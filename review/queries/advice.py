"""What a learner may want to know of their answers and cards: HARD pressed wrongly, cards twice."""

from typing import Any
from uuid import UUID

from accounts.queries.learners import Learner
from review.access import category_of, contents_of
from review.answer_logs import answer_log
from review.hard_use import HardUse, hard_use
from review.queries.contents import category_and_below
from review.similarity import near_duplicates

_SHOWN = ("public_id", "front", "back", "gloss", "category__public_id")


def answers_advice(learner: Learner) -> HardUse:
    """Return whether HARD is pressed for what was forgotten. One query."""
    log = answer_log(learner)
    return hard_use([[(each.at, each.rating) for each in card] for card in log.cards])


def duplicates(
    learner: Learner, *, limit: int, category_id: UUID | None = None
) -> list[dict[str, Any]]:
    """Return pairs of cards that may be one, the most similar first; CategoryNotFound."""
    rows = contents_of(learner).filter(archived_at=None)
    if category_id is not None:
        category_of(learner, category_id)
        rows = rows.filter(category_id__in=category_and_below(learner, category_id))
    pairs = near_duplicates(dict(rows.values_list("pk", "front")))[:limit]
    wanted = {key for pair in pairs for key in (pair.one, pair.other)}
    shown = {
        pk: {"id": public_id, "front": front, "back": back, "gloss": gloss, "category": category}
        for pk, public_id, front, back, gloss, category in contents_of(learner)
        .filter(pk__in=wanted)
        .values_list("pk", *_SHOWN)
    }
    return [
        {"similarity": pair.similarity, "cards": [shown[pair.one], shown[pair.other]]}
        for pair in pairs
    ]
