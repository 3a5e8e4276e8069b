"""Leeches: marked or put aside at the threshold, and restored by an undo."""

from datetime import timedelta

import pytest

from accounts.queries.learners import Learner
from review.commands.cards import reset, suspend, unsuspend
from review.commands.recording import RecordedReview
from review.commands.reviews import undo_review
from review.leeches import LeechAction, LeechRule, Standing, standing
from review.models import Content, LearnerClock, ReviewSchedule, SchedulingParameters
from review.ratings import Rating
from tests.review.cards import NOW, card, review

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "lapses", "action", "after"),
    [
        ((None, None), 2, "suspend", (None, None)),
        ((None, None), 3, "mark", (NOW, None)),
        ((None, None), 3, "suspend", (NOW, NOW)),
        ((None, NOW - DAY), 3, "suspend", (NOW, NOW - DAY)),
        ((NOW - DAY, None), 4, "suspend", (NOW - DAY, None)),  # the learner woke it: it stays awake
        ((NOW - DAY, NOW - DAY), 2, "suspend", (None, None)),
        ((NOW - DAY, NOW - HOUR), 2, "suspend", (None, NOW - HOUR)),
    ],
)
def test_what_lapses_do(before: tuple, lapses: int, action: str, after: tuple) -> None:  # type: ignore[type-arg]
    rule = LeechRule(3, LeechAction(action))
    assert standing(Standing(*before), lapses, rule, NOW) == Standing(*after)


def test_threshold_0_is_never() -> None:
    nothing = Standing(None, None)
    assert standing(nothing, 99, LeechRule(0, LeechAction.SUSPEND), NOW) == nothing


@pytest.fixture
def strict(learner: Learner) -> Learner:
    """Two lapses put a card aside."""
    default = SchedulingParameters.objects.get(pk=1)
    default.pk, default._state.adding = None, True
    default.public_id = SchedulingParameters().public_id
    default.leech_threshold, default.leech_action = 2, "suspend"
    default.save()
    LearnerClock.objects.create(user_id=learner.id, parameters=default)
    return learner


def _lapse_twice(learner: Learner) -> tuple[Content, RecordedReview]:
    content, at = card(learner), NOW
    for rating in (Rating.EASY, Rating.AGAIN, Rating.EASY, Rating.AGAIN):
        recorded = review(learner, content, rating, at)
        at += 30 * DAY
    return content, recorded


def test_an_undo_restores_the_queue(strict: Learner) -> None:
    _, recorded = _lapse_twice(strict)
    assert ReviewSchedule.objects.get().suspended_at is not None
    undo_review(learner=strict, review_id=recorded.public_id, now=NOW + 100 * DAY)
    schedule = ReviewSchedule.objects.get()
    assert (schedule.leech_at, schedule.suspended_at) == (None, None)


def test_a_leech_that_was_started_anew_is_none(strict: Learner) -> None:
    content, _ = _lapse_twice(strict)
    reset(learner=strict, content_id=content.public_id, now=NOW + 100 * DAY)
    schedule = ReviewSchedule.objects.get()
    assert (schedule.leech_at, schedule.suspended_at) == (None, None)


def test_what_the_learner_put_aside_stays_aside(strict: Learner) -> None:
    content, recorded = _lapse_twice(strict)
    unsuspend(learner=strict, content_id=content.public_id)
    suspend(learner=strict, content_id=content.public_id, now=NOW + 99 * DAY)
    undo_review(learner=strict, review_id=recorded.public_id, now=NOW + 100 * DAY)
    assert ReviewSchedule.objects.get().suspended_at == NOW + 99 * DAY


def test_answers_given_before_a_card_was_put_aside_still_count(learner: Learner) -> None:
    content = card(learner)
    suspend(learner=learner, content_id=content.public_id, now=NOW + DAY)
    assert review(learner, content, Rating.GOOD, NOW + HOUR).state.reps == 1
