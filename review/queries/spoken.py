"""What of a card is read aloud."""

from uuid import UUID

from accounts.queries.learners import learner
from review.access import content_of


def front_of(user_id: int, content_id: UUID) -> str:
    """Return the front of the learner's content; ContentNotFound."""
    return content_of(learner(user_id), content_id).front
