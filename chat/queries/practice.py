"""The learner's due and hardest cards, for a conversation."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.queries.learners import Learner
from review.queries.exam_cards import AskedCard, cards_to_ask

CARDS = 3
_AROUND = 12
MEANING_MAX = 120


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """A card to practise; ``is_due`` or else one of the hardest."""

    id: UUID
    front: str
    meaning: str
    is_due: bool
    lapses: int

    def shown(self) -> dict[str, Any]:
        """Return it as its learner sees it."""
        return {
            "content": str(self.id),
            "front": self.front,
            "is_due": self.is_due,
            "lapses": self.lapses,
        }


def practice_cards(
    learner: Learner, *, asked: Collection[str], now: datetime, limit: int = CARDS
) -> list[PracticeCard]:
    """Return due cards and hard ones, those first that were not asked lately. Two queries."""
    due = cards_to_ask(learner, choice="due", category_id=None, tags=(), now=now, limit=_AROUND)
    weak = hardest(learner, now=now, limit=_AROUND)
    found = {card.id: _card(card, is_due=True) for card in due}
    for card in weak:
        found.setdefault(card.id, _card(card, is_due=False))
    ordered = sorted(
        found.values(), key=lambda card: (str(card.id) in asked, not card.is_due, -card.lapses)
    )
    return ordered[:limit]


def hardest(learner: Learner, *, now: datetime, limit: int) -> list[AskedCard]:
    """Return the cards that were forgotten most often. One query."""
    found = cards_to_ask(learner, choice="weak", category_id=None, tags=(), now=now, limit=limit)
    return [card for card in found if card.lapses]


def _card(card: AskedCard, *, is_due: bool) -> PracticeCard:
    meaning = (card.back or card.gloss).strip().partition("\n")[0][:MEANING_MAX]
    return PracticeCard(card.id, card.front[:MEANING_MAX], meaning, is_due, card.lapses)
