"""A card that was forgotten elsewhere than in a review: in an exam."""

from datetime import datetime
from uuid import UUID

from accounts.queries.learners import Learner
from review.commands.recording import Answer, RecordedReview
from review.commands.reviews import record_review
from review.ratings import Rating


def record_lapse(
    *, learner: Learner, content_id: UUID, forgotten_at: datetime, public_id: UUID, now: datetime
) -> RecordedReview:
    """Record that the card was not known then, as an answer AGAIN; raises as ``record_review``."""
    answer = Answer(content_id, Rating.AGAIN, reviewed_at=forgotten_at, public_id=public_id)
    return record_review(learner=learner, answer=answer, now=now)
