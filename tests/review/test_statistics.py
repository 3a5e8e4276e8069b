"""Every statistic counts the learner's own last answer, exactly once."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from review.commands.contents import archive_content
from review.commands.reviews import undo_review
from review.models import ReviewSchedule
from review.queries.activity import activity
from review.queries.statistics import categories, dashboard
from review.ratings import Rating
from tests import make
from tests.client import ApiClient
from tests.review.cards import NOW, card, review
from tests.review.projection import verify_projection

DAY = timedelta(days=1)


def test_a_learner_without_cards_has_zeros(learner: Learner) -> None:
    found = dashboard(learner, now=NOW)
    assert (found["due_now"], found["overdue"], found["streak_days"]) == (0, 0, 0)
    assert found["last_30_days"]["success_rate"] is None
    assert categories(learner, now=NOW) == []
    assert [row["review_count"] for row in activity(learner, days=3, now=NOW)] == [0, 0, 0]


def test_an_answer_counts_at_once(learner: Learner) -> None:
    review(learner, card(learner, "apple"), Rating.AGAIN)
    review(learner, card(learner, "pear"), Rating.HARD)
    expected = {
        "review_count": 2, "forgot": 1, "partial": 1, "remembered": 0,
        "success_rate": 0.5, "taken_ms": 3000,
    }  # fmt: skip
    found = dashboard(learner, now=NOW)
    assert found["reviewed_today"] == found["last_30_days"] == expected
    assert categories(learner, now=NOW)[0]["all_time"] == expected
    verify_projection(learner, NOW)


def test_an_undone_answer_does_not_count(learner: Learner) -> None:
    recorded = review(learner, card(learner))
    undo_review(learner=learner, review_id=recorded.public_id, now=NOW)
    assert dashboard(learner, now=NOW)["reviewed_today"]["review_count"] == 0
    assert dashboard(learner, now=NOW)["streak_days"] == 0
    verify_projection(learner, NOW)


def test_an_archived_cards_history_counts(learner: Learner) -> None:
    content = card(learner)
    review(learner, content)
    archive_content(learner=learner, content_id=content.public_id, now=NOW)
    found = dashboard(learner, now=NOW)
    assert (found["last_30_days"]["review_count"], found["cards"]["learning"]) == (1, 0)
    verify_projection(learner, NOW)


def test_another_learners_answers_do_not_count(learner: Learner, bob: User) -> None:
    review(learner, card(learner))
    assert dashboard(learner_of(bob), now=NOW)["last_30_days"]["review_count"] == 0
    assert categories(learner_of(bob), now=NOW) == []


@pytest.mark.parametrize(
    ("days_ago", "streak"),
    [([0, 1, 2], 3), ([1, 2], 2), ([2, 3], 0), ([0, 2, 3], 1), ([0], 1), ([], 0), ([0, 1, 3], 2)],
)
def test_a_streak_ends_today_or_yesterday(
    learner: Learner, days_ago: list[int], streak: int
) -> None:
    content = card(learner, now=NOW - 9 * DAY)
    for days in sorted(days_ago, reverse=True):
        review(learner, content, at=NOW - days * DAY)
    assert dashboard(learner, now=NOW)["streak_days"] == streak
    verify_projection(learner, NOW)


def test_thirty_days_hold_today_and_not_the_thirty_first(learner: Learner) -> None:
    content = card(learner, now=NOW - 40 * DAY)
    for days in (30, 29, 0):
        review(learner, content, at=NOW - days * DAY)
    assert dashboard(learner, now=NOW)["last_30_days"]["review_count"] == 2
    verify_projection(learner, NOW)


def test_what_is_due_is_told_by_the_learners_own_day(learner: Learner) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo(learner.time_zone))
    for front, hours in (("late", -48), ("now", -1), ("today", 3), ("tomorrow", 24)):
        content = card(learner, front)
        ReviewSchedule.objects.filter(content=content).update(due_at=now + timedelta(hours=hours))
    found = dashboard(learner, now=now)
    assert (found["due_now"], found["due_today"], found["overdue"]) == (2, 3, 1)
    assert found["cards"] == {
        "new": 4, "learning": 0, "review": 0, "relearning": 0, "suspended": 0,
    }  # fmt: skip


def test_suspended_buried_and_archived_cards_are_not_due(learner: Learner) -> None:
    contents = [card(learner, front) for front in ("suspended", "buried", "archived")]
    schedules = ReviewSchedule.objects.all()
    schedules.filter(content=contents[0]).update(suspended_at=NOW)
    schedules.filter(content=contents[1]).update(buried_until=NOW + 2 * DAY)
    archive_content(learner=learner, content_id=contents[2].public_id, now=NOW)
    found = dashboard(learner, now=NOW)
    assert (found["due_now"], found["due_today"], found["overdue"]) == (0, 0, 0)
    assert (found["cards"]["new"], found["cards"]["suspended"]) == (2, 1)
    (row,) = categories(learner, now=NOW)
    assert (row["card_count"], row["due_count"]) == (2, 0)


@pytest.mark.parametrize(
    ("zone", "rollover"),
    list(product(("Asia/Seoul", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"), (0, 6))),
)
def test_figures_are_a_recount_a_second_before_and_after_the_day_changes(
    alice: User, zone: str, rollover: int
) -> None:
    alice.time_zone, alice.rollover_hour = zone, rollover
    learner = learner_of(alice)
    today = timezone.now().astimezone(ZoneInfo(zone)).date()
    change = datetime(today.year, today.month, today.day, rollover, tzinfo=ZoneInfo(zone))
    content = card(learner, now=change - 40 * DAY)
    for days in (31, 30, 29, 1, 0):
        for seconds in (-1, 1):
            review(
                learner, content, at=change.astimezone(UTC) + timedelta(days=-days, seconds=seconds)
            )
    for seconds in (-1, 0, 1):
        verify_projection(learner, change + timedelta(seconds=seconds))


def test_each_statistic_takes_few_queries(
    learner: Learner, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("a", "b", "c"):
        make.category(User.objects.get(), name)
    review(learner, card(learner))
    for count in (3, 2):  # from the facts, then from the cache
        with django_assert_num_queries(count):
            dashboard(learner, now=NOW)
    with django_assert_num_queries(3):
        assert len(categories(learner, now=NOW)) == 4
    with django_assert_num_queries(1):
        assert len(activity(learner, days=365, now=NOW)) == 365


def test_the_statistics_are_answered_over_http(api: ApiClient, learner: Learner) -> None:
    content = card(learner, now=timezone.now())
    api.post("/reviews/", {"content": str(content.public_id), "rating": 4, "taken_ms": 900})
    found = api.get("/statistics/dashboard/").json()
    assert (found["reviewed_today"]["remembered"], found["cards"]["review"]) == (1, 1)
    (row,) = api.get("/statistics/categories/").json()
    assert (row["name"], row["last_30_days"]["taken_ms"]) == ("Words", 900)
    days = api.get("/statistics/activity/", days=7).json()["days"]
    assert [day["review_count"] for day in days] == [0] * 6 + [1]
    assert days[-1]["day"] == found["today"]


@pytest.mark.parametrize("days", ["0", "367", "-1", "many"])
def test_activity_goes_back_a_day_to_a_year(api: ApiClient, days: str) -> None:
    response = api.get("/statistics/activity/", days=days)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
