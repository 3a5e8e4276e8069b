"""What to do today: computed from what is remembered and due, then put into words by a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.queries.learners import Learner
from chat import prompts
from chat.corrections import EXPLANATIONS
from chat.models import Fact
from chat.queries.facts import RECURRING, level_of
from config.ai import gateway
from config.ai.calls import Source
from config.errors import ReseeError
from review.queries.due import due_cards
from review.queries.exam_cards import cards_to_ask

WORDS = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """Today's words (due ones, then hard ones), and the grammar point that is most often wrong."""

    words: list[Mapping[str, Any]]
    due_count: int
    grammar: str
    level: str

    @property
    def lines(self) -> list[str]:
        """Return the plan in plain words."""
        lines = [f"practise these words: {', '.join(str(word['front']) for word in self.words)}"]
        lines = lines if self.words else ["make new cards from a page"]
        if self.grammar:
            lines.append(f"grammar point: {self.grammar}. {EXPLANATIONS[self.grammar]}")
        return lines


def plan_for_today(learner: Learner, *, now: datetime) -> Plan:
    """Return what to do today."""
    due = due_cards(learner, now=now, limit=WORDS)
    weak = cards_to_ask(learner, choice="weak", category_id=None, tags=(), now=now, limit=WORDS)
    words: dict[Any, Mapping[str, Any]] = {
        card["id"]: {"content": card["id"], "front": card["front"], "is_due": True}
        for card in due.cards
    }
    for card in weak:
        if card.lapses:
            words.setdefault(card.id, {"content": card.id, "front": card.front, "is_due": False})
    rows = Fact.objects.filter(user_id=learner.id, kind=Fact.Kind.MISTAKE, count__gte=RECURRING)
    known = [fact.subject for fact in rows.order_by("-count") if fact.subject in EXPLANATIONS]
    grammar = known[0] if known else ""
    return Plan(list(words.values())[:WORDS], due.due_count, grammar, level_of(learner))


def in_words(learner: Learner, plan: Plan) -> tuple[str, Source]:
    """Return the plan as a model puts it; as it stands where none answers."""
    messages = prompts.advice_messages(level=plan.level, plan=plan.lines)
    try:
        said = gateway.ask(prompts.ADVICE, messages, learner=learner.public_id)
    except ReseeError:
        return "Today: " + " ".join(plan.lines), Source.TEMPLATE
    return said.text.strip(), said.source
