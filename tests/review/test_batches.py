"""Answers of several devices, many at once, in any order: each once, as if in turn."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.queries.learners import Learner
from config.errors import ReseeError
from review.api.batches import OfflineAnswerSerializer, _plain
from review.api.reviews import answer_of
from review.commands.batches import record_reviews
from review.commands.cards import suspend
from review.commands.recording import Answer, RecordedReview
from review.commands.reviews import record_review
from review.models import Content, ReviewHistory, ReviewSchedule
from review.ratings import Rating
from review.states import state_of
from tests.client import ApiClient
from tests.review.cards import NOW, assert_schedule_is_replay, card, review
from tests.review.projection import verify_projection

DAY = timedelta(days=1)


def _answers(contents: list[Content], count: int, seed: int = 1) -> list[Answer]:
    source = random.Random(seed)
    return [
        Answer(
            content_id=source.choice(contents).public_id,
            rating=Rating(source.randint(1, 4)),
            taken_ms=source.randint(300, 9000),
            reviewed_at=NOW + timedelta(minutes=source.randint(0, 60 * 24 * 20)),
            public_id=uuid4(),
        )
        for _ in range(count)
    ]


def _record(learner: Learner, answers: list[Answer]) -> list[RecordedReview | ReseeError]:
    return record_reviews(learner=learner, answers=answers, now=NOW + 30 * DAY)


def _states() -> dict[str, object]:
    schedules = ReviewSchedule.objects.select_related("content")
    return {schedule.content.front: state_of(schedule) for schedule in schedules}


def test_any_order_and_any_cut_give_the_schedules_of_one_by_one(learner: Learner) -> None:
    contents = [card(learner, front=str(number)) for number in range(5)]
    answers = _answers(contents, 60)
    shuffled = random.Random(2).sample(answers, len(answers))
    for part in (shuffled[:7], shuffled[7:40], shuffled[35:]):
        _record(learner, part)
    assert ReviewHistory.objects.count() == len(answers)
    assert_schedule_is_replay(learner)
    verify_projection(learner, NOW + 30 * DAY)


def test_a_batch_sent_twice_is_recorded_once(learner: Learner) -> None:
    answers = _answers([card(learner)], 10)
    first, again = _record(learner, answers), _record(learner, answers)
    assert all(isinstance(o, RecordedReview) and o.is_new for o in first)
    assert all(isinstance(o, RecordedReview) and not o.is_new for o in again)
    assert ReviewHistory.objects.count() == 10


def test_a_batch_equals_the_same_answers_one_by_one(learner: Learner) -> None:
    one, other = card(learner, "one"), card(learner, "other")
    answers = sorted(_answers([one], 12), key=lambda answer: answer.reviewed_at or NOW)
    _record(learner, answers)
    for answer in answers:
        review(learner, other, answer.rating, answer.reviewed_at or NOW)
    states = _states()
    first, second = states["one"], states["other"]
    assert isinstance(first, type(second))
    names = ("stability", "difficulty", "reps", "lapses", "stage")
    assert [getattr(first, n) for n in names] == [getattr(second, n) for n in names]


def test_an_id_that_stands_twice_is_the_first_answers(learner: Learner) -> None:
    one, other, third = (card(learner, str(number)) for number in range(3))
    answers = _answers([one], 1) + _answers([other], 1) + _answers([third], 1) + _answers([one], 3)
    answers[1] = replace(answers[1], public_id=answers[0].public_id)
    codes = [getattr(outcome, "code", "recorded") for outcome in _record(learner, answers)]
    assert codes == ["recorded", "public_id_taken", *["recorded"] * 4]
    assert ReviewHistory.objects.count() == 5
    assert_schedule_is_replay(learner)


def test_the_same_answer_twice_in_one_batch_is_recorded_once(learner: Learner) -> None:
    first, other = _answers([card(learner)], 2)
    outcomes = _record(learner, [first, other, first])
    assert [isinstance(o, RecordedReview) and o.is_new for o in outcomes] == [True, True, False]
    assert replace(outcomes[2], is_new=True) == outcomes[0]  # type: ignore[type-var]
    assert ReviewHistory.objects.count() == 2
    assert_schedule_is_replay(learner)


def test_a_batch_stores_what_one_by_one_is_stored(learner: Learner) -> None:
    one, other = card(learner, "one"), card(learner, "other")
    answers = sorted(_answers([one], 3), key=lambda answer: answer.reviewed_at or NOW)
    _record(learner, answers)
    for answer in answers:
        again = replace(answer, content_id=other.public_id, public_id=uuid4())
        record_review(learner=learner, answer=again, now=NOW + 30 * DAY)
    unlike = {"id", "public_id", "content_id", "recorded_at", "due_at", "interval_before_days"}
    names = {field.attname for field in ReviewHistory._meta.fields} - {*unlike, "xid"}
    facts = ReviewHistory.objects.order_by("reviewed_at")
    rows = [facts.filter(content=each) for each in (one, other)]
    assert list(rows[0].values(*names)) == list(rows[1].values(*names))
    for before, after in pairwise(rows[0]):
        assert after.interval_before_days == (before.due_at - before.reviewed_at) / DAY


def test_an_answer_recorded_before_is_known_whatever_became_of_its_card(learner: Learner) -> None:
    content = card(learner)
    answers = _answers([content], 2)
    _record(learner, answers)
    suspend(learner=learner, content_id=content.public_id, now=NOW + DAY)
    first, second, third = _record(learner, [*answers, *_answers([content], 1, seed=9)])
    assert isinstance(first, RecordedReview)
    assert isinstance(second, RecordedReview)
    assert not first.is_new
    assert not second.is_new
    assert getattr(third, "code", None) == "card_suspended"


def test_the_good_ones_are_recorded_and_the_others_named(learner: Learner) -> None:
    good, draft = card(learner), card(learner, "draft", back="")
    same = uuid4()
    at = NOW + DAY
    answers = [
        Answer(good.public_id, Rating.GOOD, 100, at, same),
        Answer(good.public_id, Rating.HARD, 100, at, same),
        Answer(draft.public_id, Rating.GOOD, 100, at, uuid4()),
        Answer(uuid4(), Rating.GOOD, 100, at, uuid4()),
        Answer(good.public_id, Rating.GOOD, 100, NOW - DAY, uuid4()),
        Answer(good.public_id, Rating.GOOD, 100, NOW + 40 * DAY, uuid4()),
    ]
    codes = [getattr(outcome, "code", "recorded") for outcome in _record(learner, answers)]
    assert codes == [
        "recorded", "public_id_taken", "draft_not_reviewable", "content_not_found",
        "reviewed_before_added", "reviewed_in_future",
    ]  # fmt: skip
    assert ReviewHistory.objects.count() == 1


@pytest.mark.parametrize("count", [1, 200])
def test_a_batch_costs_the_same_queries_whatever_its_length(
    learner: Learner, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    contents = [card(learner, front=str(number)) for number in range(10)]
    review(learner, contents[0])
    answers = _answers(contents, count)
    with django_assert_max_num_queries(6 + 4):  # and savepoints
        _record(learner, answers)


def test_the_devices_time_zone_decides_the_day(learner: Learner) -> None:
    content = card(learner)
    answer = Answer(content.public_id, Rating.GOOD, 1, NOW.replace(hour=20), uuid4())
    record_reviews(learner=learner, answers=[answer], now=NOW + DAY, time_zone="America/New_York")
    assert ReviewHistory.objects.get().local_day == NOW.date()  # already tomorrow in Seoul


def _item(content_id: UUID, **changes: object) -> dict[str, object]:
    at = timezone.now().isoformat()
    return {
        "content": str(content_id), "rating": 3, "reviewed_at": at, "id": str(uuid4()),
    } | changes  # fmt: skip


def test_over_http_each_answer_has_its_result(api: ApiClient, learner: Learner) -> None:
    content = card(learner, now=timezone.now()).public_id
    items = [_item(content), _item(content, rating=9), _item(uuid4()), 7]
    response = api.post("/reviews/batch/", {"reviews": items, "time_zone": "Asia/Seoul"})
    assert response.status_code == 200
    results = response.json()["results"]
    assert [result["status"] for result in results] == [201, 400, 404, 400]
    assert results[0]["review"]["result"] == "remembered"
    assert results[1]["problem"]["errors"][0]["field"] == "rating"
    again = api.post("/reviews/batch/", {"reviews": items[:1]}).json()["results"]
    assert again[0]["status"] == 200
    assert ReviewHistory.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"taken_ms": 5}, {"taken_ms": True}, {"taken_ms": "5"}, {"taken_ms": 3_600_001},
        {"taken_ms": -1}, {"taken_ms": None}, {"rating": True}, {"rating": "2"}, {"rating": 2.0},
        {"rating": 0}, {"content": 5}, {"content": "5"}, {"content": "{" + str(UUID(int=5)) + "}"},
        {"id": None}, {"id": UUID(int=5).hex}, {"id": UUID(int=5).urn}, {"id": [1]}, {"more": 1},
        {"reviewed_at": "2026-01-01"}, {"reviewed_at": "2026-01-01T00:00"}, {"reviewed_at": 5},
        {"reviewed_at": "2026-W01-1T00:00:00.5-0330"}, {"reviewed_at": "20260101T000000Z"},
        {"reviewed_at": "0001-01-01T00:00:00+14:00"}, {"reviewed_at": "9999-12-31T23:59:59-14:00"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_read_by_hand_is_what_the_serializer_reads(changes: dict[str, object]) -> None:
    item = _item(UUID(int=4), **changes)
    check = OfflineAnswerSerializer(data=item)
    read = _plain(item)
    assert read is None or (check.is_valid() and read == answer_of(check.validated_data))
    assert read or changes


def test_a_batch_beyond_the_limit_is_refused_whole(api: ApiClient, learner: Learner) -> None:
    content = card(learner, now=timezone.now()).public_id
    response = api.post("/reviews/batch/", {"reviews": [_item(content)] * 10_000})
    assert (response.status_code, response.json()["code"]) == (422, "batch_too_large")
    assert not ReviewHistory.objects.exists()


def test_cards_are_put_aside_and_moved_over_http(api: ApiClient, learner: Learner) -> None:
    content = card(learner, now=timezone.now()).public_id
    for action in ("suspend", "unsuspend", "bury", "unsuspend"):
        response = api.post(f"/contents/{content}/{action}/")
        assert response.json() == {"card_count": 1}
    assert api.post(f"/contents/{content}/reset/").status_code == 201
    fruit = api.post("/categories/", {"name": "Fruit"}).json()["id"]
    moved = api.post(f"/contents/{content}/move/", {"category": fruit})
    assert moved.json()["category"] == fruit
