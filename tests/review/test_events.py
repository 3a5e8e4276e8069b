"""Every command tells what it did, in its own transaction, and nothing else."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.queries.learners import Learner
from config.outbox.models import OutboxEntry
from review.commands.batches import record_reviews
from review.commands.cards import reset
from review.commands.categories import create_category, delete_category
from review.commands.contents import archive_content, restore_content
from review.commands.moves import move_content
from review.commands.recording import Answer
from review.commands.reviews import undo_review
from review.models import Content, LearnerClock, ReviewSchedule
from review.ratings import Rating
from tests.review.cards import NOW, card, review

DAY = timedelta(days=1)


def _told() -> list[tuple[str, dict[str, Any]]]:
    rows = OutboxEntry.objects.order_by("id").values_list("events", flat=True)
    return [(event["type"].partition(".")[2], event["data"]) for row in rows for event in row]


def _types(told: Sequence[tuple[str, Any]] | None = None) -> list[str]:
    return [name for name, _ in (told if told is not None else _told())]


def test_a_cards_life_is_told(learner: Learner) -> None:
    content = card(learner)
    key: dict[str, Any] = {"learner": learner, "content_id": content.public_id}
    recorded = review(learner, content)
    undo_review(learner=learner, review_id=recorded.public_id, now=NOW)
    reset(**key, now=NOW)
    fruit = create_category(learner=learner, name="Fruit")
    move_content(**key, category_id=fruit.public_id, now=NOW)
    archive_content(**key, now=NOW)
    restore_content(**key, now=NOW)
    delete_category(
        learner=learner,
        category_id=fruit.public_id,
        into_id=create_category(learner=learner, name="Other").public_id,
        now=NOW,
    )
    assert _types() == [
        "ContentAdded", "ReviewRecorded", "ReviewUndone", "CardReset", "ContentMoved",
        "ContentArchived", "ContentRestored", "ContentMoved",
    ]  # fmt: skip
    for _, data in _told():
        assert data["learner_id"] == str(learner.public_id)
        assert data["content_id"] == str(content.public_id)


def test_what_is_done_twice_is_told_once(learner: Learner) -> None:
    content, public_id = card(learner), uuid4()
    for _ in range(2):
        review(learner, content, public_id=public_id)
    for _ in range(2):
        undo_review(learner=learner, review_id=public_id, now=NOW)
    for _ in range(2):
        archive_content(learner=learner, content_id=content.public_id, now=NOW)
    assert _types() == ["ContentAdded", "ReviewRecorded", "ReviewUndone", "ContentArchived"]


@pytest.mark.asvs("2.3.3", "events leave with the transaction that they tell of")
def test_what_is_rolled_back_is_not_told(learner: Learner) -> None:
    content = card(learner)
    with transaction.atomic():
        review(learner, content)
        transaction.set_rollback(True)
    assert _types() == ["ContentAdded"]


def test_the_learners_facts_are_numbered_without_gaps(learner: Learner) -> None:
    contents = [card(learner, front=str(n)) for n in range(3)]
    review(learner, contents[0])
    answers = [Answer(content.public_id, Rating.GOOD, reviewed_at=NOW) for content in contents]
    record_reviews(learner=learner, answers=answers, now=NOW)
    reset(learner=learner, content_id=contents[1].public_id, now=NOW)
    numbers = [data["facts_seq"] for _, data in _told() if "facts_seq" in data]
    assert numbers == [1, 2, 3, 4, 5]
    assert LearnerClock.objects.get(user_id=learner.id).facts_seq == 5
    assert OutboxEntry.objects.count() == 3 + 3  # a batch's are one row


def _forgotten(learner: Learner, content: Content, times: int, **batch: bool) -> None:
    """Learn the card and forget it ``times`` times, a month between two answers."""
    at = NOW
    answers = [Answer(content.public_id, Rating.EASY, reviewed_at=at)]
    for _ in range(times):
        for rating in (Rating.AGAIN, Rating.EASY):
            at += 30 * DAY
            answers.append(Answer(content.public_id, rating, reviewed_at=at))
    if batch.get("batch"):
        record_reviews(learner=learner, answers=answers, now=at)
        return
    for answer in answers:
        assert answer.reviewed_at
        review(learner, content, answer.rating, answer.reviewed_at)


@pytest.mark.parametrize("batch", [False, True])
def test_lapses_and_the_leech_they_make_are_told_once(learner: Learner, batch: bool) -> None:
    content = card(learner)
    _forgotten(learner, content, 9, batch=batch)
    told = _types()
    assert told.count("CardLapsed") == 9
    assert told.count("CardBecameLeech") == 1
    assert ReviewSchedule.objects.get().leech_at is not None


def test_events_come_in_the_order_of_the_facts(learner: Learner) -> None:
    content = card(learner)
    _forgotten(learner, content, 2)
    seqs = [data["facts_seq"] for name, data in _told() if name != "ContentAdded"]
    assert all(earlier <= later for earlier, later in pairwise(seqs))
