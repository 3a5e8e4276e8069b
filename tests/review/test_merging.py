"""Whatever comes late, is taken back or starts anew: the schedule is the replay of what counts."""

import random
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from accounts.queries.learners import Learner
from config.settings import variables
from review.commands.batches import record_reviews
from review.commands.cards import reset
from review.commands.recording import Answer
from review.commands.reviews import record_review, undo_review
from review.models import Content
from review.ratings import Rating
from tests.review.cards import NOW, assert_schedule_is_replay, card, review
from tests.review.projection import verify_projection

DAY = timedelta(days=1)
WALKS = 200 if variables.text("PROOF") else 5


@pytest.fixture
def reset_card(learner: Learner) -> Content:
    """A card that was reviewed, and made new again two days later."""
    content = card(learner)
    review(learner, content)
    reset(learner=learner, content_id=content.public_id, now=NOW + 2 * DAY)
    return content


def test_an_answer_from_before_a_reset_leaves_the_card_new(
    learner: Learner, reset_card: Content
) -> None:
    answer = Answer(reset_card.public_id, Rating.GOOD, 1, NOW + DAY)
    recorded = record_review(learner=learner, answer=answer, now=NOW + 3 * DAY)
    assert (recorded.state.reps, recorded.state.due_at) == (0, NOW + 2 * DAY)
    assert_schedule_is_replay(learner)


def test_a_batch_from_before_and_after_a_reset_is_merged(
    learner: Learner, reset_card: Content
) -> None:
    answers = [
        Answer(reset_card.public_id, Rating.GOOD, 1, NOW + day * DAY, uuid4()) for day in (3, 1)
    ]
    record_reviews(learner=learner, answers=answers, now=NOW + 4 * DAY)
    assert_schedule_is_replay(learner)


def _step(learner: Learner, content: Content, now: datetime, source: random.Random) -> UUID:
    if source.random() < 0.2:
        return reset(learner=learner, content_id=content.public_id, now=now).public_id
    at = max(NOW, now - timedelta(hours=source.choice([0, 0, 0, 5, 50, 200])))
    answer = Answer(content.public_id, Rating(source.randint(1, 4)), 10, at, uuid4())
    return record_review(learner=learner, answer=answer, now=now).public_id


@pytest.mark.parametrize("seed", range(WALKS))
def test_after_every_command_the_schedule_is_the_replay(learner: Learner, seed: int) -> None:
    source, content, now = random.Random(seed), card(learner), NOW
    done: list[UUID] = []
    for _ in range(30):
        now += timedelta(hours=source.randint(1, 60))
        if done and source.random() < 0.25:
            undone = done.pop(source.randrange(len(done)))
            undo_review(learner=learner, review_id=undone, now=NOW)
        else:
            done.append(_step(learner, content, now, source))
        assert_schedule_is_replay(learner)
    verify_projection(learner, now)
