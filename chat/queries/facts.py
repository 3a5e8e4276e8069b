"""What the tutor remembers of a learner, and what it tells the model of it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from accounts.queries.learners import Learner
from accounts.queries.profile import profile
from chat.models import Fact, ForgottenFact, Message
from config.ai.cefr import LEVELS

Kind = Fact.Kind
RECURRING = 2  # a mistake made so often is one worth telling
TOLD = {Kind.INTEREST: 3, Kind.WEAK_WORD: 4, Kind.MISTAKE: 2, Kind.LEVEL: 1}
_GRADED, _DEFAULT_LEVEL = 20, "A2"


class ShownFact(TypedDict):
    """A fact, in the form of FactSerializer."""

    id: UUID
    kind: str
    text: str
    count: int
    is_own: bool
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is told to the model: a line a fact, and which facts they were."""

    lines: list[str]
    fact_ids: list[UUID]


def shown_fact(fact: Fact) -> ShownFact:
    """Return a fact as its learner sees it."""
    return {
        "id": fact.public_id,
        "kind": fact.kind,
        "text": fact.text,
        "count": fact.count,
        "is_own": fact.is_own,
        "created_at": fact.created_at,
        "seen_at": fact.seen_at,
    }


def known_of(learner: Learner) -> Known:
    """Return the facts that a prompt holds, few of each kind, the newest first. One query."""
    rows = list(Fact.objects.filter(user_id=learner.id).order_by("-is_own", "-seen_at")[:200])
    told = [
        fact
        for kind, most in TOLD.items()
        for fact in [row for row in rows if row.kind == kind and _is_worth(row)][:most]
    ]
    return Known([fact.text for fact in told], [fact.public_id for fact in told])


def _is_worth(fact: Fact) -> bool:
    return fact.is_own or fact.kind != Kind.MISTAKE or fact.count >= RECURRING


def is_forgotten(user_id: int, kind: str, subject: str) -> bool:
    """Tell whether the learner has deleted this fact before."""
    mark = subject_sha256(kind, subject)
    return ForgottenFact.objects.filter(user_id=user_id, subject_sha256=mark).exists()


def subject_sha256(kind: str, subject: str) -> str:
    """Return what is kept of a deleted fact."""
    return hashlib.sha256(f"{kind}:{subject}".encode()).hexdigest()


def level_of(learner: Learner) -> str:
    """Return the learner's level: as measured, else that of the last messages, else A2."""
    if measured := profile(learner)["level"]:
        return measured
    rows = Message.objects.filter(user_id=learner.id, role=Message.Role.LEARNER).exclude(level="")
    found = sorted(
        LEVELS.index(level)
        for level in rows.order_by("-id").values_list("level", flat=True)[:_GRADED]
    )
    return LEVELS[found[len(found) // 2]] if found else _DEFAULT_LEVEL
