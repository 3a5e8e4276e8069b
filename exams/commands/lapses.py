"""A wrong answer may be a lapse: proposed to the learner, recorded when they say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from accounts.queries.learners import Learner
from config.errors import NotFound, ReseeError
from exams.access import attempt_of
from exams.queries.attempts import proposals
from review.commands.lapses import record_lapse


class NotProposed(NotFound):
    """The attempt proposes no review of this card."""

    code = "review_not_proposed"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of one card: ``code`` says why nothing was recorded."""

    content_id: UUID
    is_recorded: bool
    code: str = ""
    due_at: datetime | None = None


def confirm_lapses(
    *, learner: Learner, attempt_id: UUID, content_ids: Sequence[UUID], now: datetime
) -> list[Confirmed]:
    """Record a lapse for each card named, as of its answer; each once, however often it is sent.

    AttemptNotFound; NotProposed, and then nothing is recorded. A card that can be reviewed no more
    is told so, and the others are recorded.
    """
    attempt = attempt_of(learner, attempt_id)
    proposed = {each["content"]: each for each in proposals(attempt)}
    if not proposed.keys() >= set(content_ids):
        raise NotProposed("This attempt proposes no review of one of these cards.")
    found = []
    for content_id in dict.fromkeys(content_ids):
        try:
            recorded = record_lapse(
                learner=learner,
                content_id=content_id,
                forgotten_at=proposed[content_id]["answered_at"],
                public_id=uuid5(attempt.public_id, str(content_id)),
                now=now,
            )
        except ReseeError as refusal:
            found.append(Confirmed(content_id, is_recorded=False, code=refusal.code))
        else:
            due_at = recorded.state.due_at
            found.append(Confirmed(content_id, is_recorded=True, due_at=due_at))
    return found
