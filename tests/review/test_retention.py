"""Retention by interval and button, success by hour, and the log they come from."""

import json
from datetime import timedelta

from pytest_django import DjangoAssertNumQueries

from accounts.queries.learners import Learner
from review.commands.cards import reset
from review.commands.reviews import undo_review
from review.models import ReviewHistory
from review.queries.retention import hourly, retention
from review.queries.review_log import review_log
from review.ratings import Rating
from tests.client import ApiClient
from tests.review.cards import NOW, card, review
from tests.review.projection import verify_projection

DAY = timedelta(days=1)


def test_each_review_counts_under_the_interval_before_it(learner: Learner) -> None:
    content = card(learner)
    review(learner, content, Rating.EASY)  # in learning
    due = review(learner, content, Rating.GOOD, NOW + 9 * DAY).state.due_at
    review(learner, content, Rating.AGAIN, due)
    shown = {
        (row["from_days"], row["below_days"]): (row["buttons"]["again"], row["review_count"])
        for row in retention(learner)
        if row["review_count"]
    }
    assert shown[None, None] == (0, 1)
    assert sum(again for again, _ in shown.values()) == 1
    assert sum(count for _, count in shown.values()) == 3
    assert len(shown) == 3
    verify_projection(learner, due)


def test_hours_are_the_learners_own(learner: Learner) -> None:
    review(learner, card(learner), Rating.GOOD, NOW)  # noon in UTC is nine at night in Seoul
    assert [row["hour"] for row in hourly(learner) if row["review_count"]] == [21]


def test_each_takes_one_query(
    learner: Learner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    review(learner, card(learner))
    for query in (retention, hourly):
        with django_assert_num_queries(1):
            query(learner)


def test_the_log_has_every_fact_in_its_order(learner: Learner, api: ApiClient) -> None:
    content = card(learner)
    recorded = review(learner, content)
    undo_review(learner=learner, review_id=recorded.public_id, now=NOW)
    reset(learner=learner, content_id=content.public_id, now=NOW)
    response = api.get("/reviews/log/")
    lines = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    assert [line["kind"] for line in lines] == ["review", "undo", "reset"]
    assert lines[1]["undoes"] == lines[0]["id"] == str(recorded.public_id)
    assert lines[0]["content"] == str(content.public_id)
    assert lines[2]["rating"] is None
    since = ReviewHistory.objects.order_by("id")[2].recorded_at
    assert [row["kind"] for row in review_log(learner, since=since)] == ["reset"]


def test_the_log_is_ones_own(learner: Learner, bobs_api: ApiClient) -> None:
    review(learner, card(learner))
    assert b"".join(bobs_api.get("/reviews/log/").streaming_content) == b""


def test_over_http(learner: Learner, api: ApiClient) -> None:
    review(learner, card(learner))
    assert sum(row["review_count"] for row in api.get("/statistics/hours/").json()["hours"]) == 1
    classes = api.get("/statistics/retention/").json()["classes"]
    assert (classes[0]["review_count"], classes[0]["success_rate"]) == (1, 1.0)
    assert api.get("/reviews/log/?since=yesterday").status_code == 400
