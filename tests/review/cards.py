"""Cards and answers for the tests, made through the commands."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.queries.learners import Learner
from review.commands.categories import inbox
from review.commands.contents import NewContent, add_content
from review.commands.recording import Answer, RecordedReview
from review.commands.reviews import record_review
from review.models import Content, ReviewSchedule
from review.ratings import Rating
from review.states import card_replay, effective_facts, state_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def card(learner: Learner, front: str = "apple", now: datetime = NOW, **fields: Any) -> Content:
    """A card of the learner that is due at ``now``."""
    category = inbox(learner=learner, name="Words")
    new = NewContent(
        category_id=category.public_id, front=front, **{"back": "a round fruit", **fields}
    )
    return add_content(learner=learner, new=new, now=now)


def review(
    learner: Learner,
    content: Content,
    rating: Rating = Rating.GOOD,
    at: datetime = NOW,
    public_id: UUID | None = None,
) -> RecordedReview:
    """An answer given and received at ``at``."""
    answer = Answer(content.public_id, rating, 1500, at, public_id)
    return record_review(learner=learner, answer=answer, now=at + timedelta(seconds=1))


def assert_schedule_is_replay(learner: Learner) -> None:
    """Every schedule of the learner equals the replay of its facts."""
    schedules = ReviewSchedule.objects.filter(user_id=learner.id).select_related("content")
    facts = effective_facts(*schedules)
    for schedule in schedules:
        assert state_of(schedule) == card_replay(schedule, facts[schedule.pk])
