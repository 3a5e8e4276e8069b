"""The day each card is asked on: pure rules, and what is stored of them."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from accounts.queries.learners import Learner
from review.commands.categories import create_category
from review.commands.contents import NewContent, add_content
from review.commands.plans import change_category_plan, change_plan, place_cards
from review.commands.recording import Answer
from review.commands.reviews import record_review, undo_review
from review.days import local_moment
from review.models import ReviewSchedule
from review.plan_terms import Calendar, PlanCard, Wishes, predicted_recall, window
from review.planning import plan
from review.queries.due import Order, due_cards
from review.queries.planning import deferred_cards, outlook
from review.ratings import Rating
from review.scheduling import Parameters
from tests.client import ApiClient
from tests.review.cards import NOW, assert_schedule_is_replay, card, review

DAY = timedelta(days=1)
MODEL = Parameters().model
TODAY = 739_000  # a Sunday


def _known(key: int, due_in: int, *, scopes: tuple[int, ...] = (), interval: int = 30) -> PlanCard:
    due_on = TODAY + due_in
    lowest, highest = window(MODEL, float(interval), interval, 36500)
    days = due_on + lowest - interval, due_on + highest - interval
    return PlanCard(key, due_on, days, scopes, MODEL, due_on - interval, float(interval), 5.0)


def _fixed(card: PlanCard) -> PlanCard:
    return card._replace(window=(card.due_on, card.due_on))


def _load(cards: list[PlanCard], **fields: Any) -> Counter[int]:
    found = plan(cards, {}, Calendar(TODAY, **fields))
    return Counter(place.day - TODAY for place in found.values())


def test_cards_stay_within_what_fuzz_allows_and_days_become_alike() -> None:
    cards = [_known(key, 5 + (key % 2) * 4) for key in range(60)]
    found = plan(cards, {}, Calendar(TODAY))
    assert all(card.window[0] <= found[card.key].day <= card.window[1] for card in cards)
    load = Counter(place.day for place in found.values())
    assert max(load.values()) <= 60 / 7  # of two days with thirty each


def test_the_plan_does_not_depend_on_the_order_of_the_cards() -> None:
    cards = [_known(key, key % 9) for key in range(50)]
    wishes = {1: Wishes(reviews_a_day=4)}
    capped = [card._replace(scopes=(1,)) for card in cards]
    assert plan(cards, {}, Calendar(TODAY)) == plan(cards[::-1], {}, Calendar(TODAY))
    assert plan(capped, wishes, Calendar(TODAY)) == plan(capped[::-1], wishes, Calendar(TODAY))


def test_an_easy_day_and_an_absence_get_what_cannot_be_moved() -> None:
    shares = (1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.5)
    free = next(day for day in range(7) if Calendar(TODAY, shares).share(TODAY + day) == 0)
    load = _load([_known(key, 2 + key % 8) for key in range(80)], shares=shares)
    assert load[free] == 0
    away = TODAY + 4, TODAY + 5
    load = _load([_known(key, 4 + key % 2) for key in range(20)], away=away)
    assert load[4] == load[5] == 0


def test_a_cap_puts_off_the_least_recalled_and_hides_nothing() -> None:
    cards = [_fixed(_known(key, -key, scopes=(1,))) for key in range(10)]
    wishes = {1: Wishes(reviews_a_day=4, reviews_done=1)}
    found = plan(cards, wishes, Calendar(TODAY))
    assert [found[key].day - TODAY for key in range(10)] == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
    assert [found[key].rank for key in range(3)] == [0, 1, 2]


def test_the_narrower_of_two_caps_counts_and_new_cards_have_their_own() -> None:
    own, category = Wishes(reviews_a_day=5, new_a_day=3), Wishes(reviews_a_day=1, new_a_day=2)
    cards = [_fixed(_known(key, 0, scopes=(1, 2) if key < 4 else (1,))) for key in range(8)]
    cards += [PlanCard(key, TODAY, (TODAY, TODAY), (1, 2), MODEL) for key in range(20, 25)]
    found = plan(cards, {1: own, 2: category}, Calendar(TODAY))
    load = Counter((card.is_new, found[card.key].day - TODAY) for card in cards)
    assert load[True, 0] == load[True, 1] == 2
    in_category = Counter(found[key].day - TODAY for key in range(4))
    assert in_category == {0: 1, 1: 1, 2: 1, 3: 1}
    assert load[False, 0] == 5


def test_an_exam_draws_the_cards_that_it_helps_most() -> None:
    cards = [_known(key, 8 + key % 30, scopes=(1,), interval=40) for key in range(60)]
    wishes = {1: Wishes(exam_on=TODAY + 7, exam_retention=0.96)}
    found = plan(cards, wishes, Calendar(TODAY))
    exam = TODAY + 7
    before = [predicted_recall(card, card.due_on, exam) for card in cards]
    after = [predicted_recall(card, found[card.key].day, exam) for card in cards]
    assert sum(before) / 60 < 0.95 < sum(after) / 60
    drawn = sum(found[card.key].day < exam for card in cards)
    assert 0 < drawn < 40  # no more than it takes


def _deck(learner: Learner, count: int, rating: Rating = Rating.EASY) -> list[Any]:
    made = [card(learner, f"word {number}") for number in range(count)]
    for content in made:
        review(learner, content, rating)
    return made


def _day(learner: Learner, at: datetime) -> date:
    return local_moment(at, learner.time_zone, learner.rollover_hour)[0]


def _free_the_day_of(learner: Learner, content: Any) -> None:
    shares = [1.0] * 7
    due_at = ReviewSchedule.objects.get(pk=content.pk).due_at
    shares[_day(learner, due_at).weekday()] = 0.0
    change_plan(learner=learner, changes={"day_shares": shares}, now=NOW)


def test_the_stored_plan_moves_the_day_and_not_the_due_date(learner: Learner) -> None:
    made = _deck(learner, 12)
    due = dict(ReviewSchedule.objects.values_list("pk", "due_at"))
    _free_the_day_of(learner, made[0])
    rows = ReviewSchedule.objects.values_list("pk", "due_at", "planned_at")
    assert {pk: due_at for pk, due_at, _ in rows} == due
    load = Counter(_day(learner, planned) for _, _, planned in rows)
    assert load[_day(learner, due[made[0].pk])] == 0
    assert_schedule_is_replay(learner)


def test_answers_in_any_order_lead_to_the_same_plan(learner: Learner) -> None:
    found = []
    for order in permutations(range(3)):
        content = card(learner, f"{order}")
        answers = [
            Answer(content.public_id, rating, 900, NOW + DAY * day)
            for day, rating in ((0, Rating.GOOD), (3, Rating.GOOD), (9, Rating.EASY))
        ]
        for index in order:
            record_review(learner=learner, answer=answers[index], now=NOW + DAY * 30)
            place_cards(learner=learner, now=NOW + DAY * 9)
        schedule = ReviewSchedule.objects.get(content=content)
        assert_schedule_is_replay(learner)
        found.append((schedule.stability, schedule.planned_at.date()))
        content.archived_at = NOW
        content.save()
    assert len({stability for stability, _ in found}) == 1
    assert all(schedule_day in {day for _, day in found} for _, schedule_day in found)


def test_the_same_deck_has_the_same_plan_however_its_answers_came(learner: Learner) -> None:
    made = [card(learner, f"word {number}") for number in range(6)]
    answers = [
        Answer(content.public_id, rating, 900, NOW + DAY * day)
        for content in made
        for day, rating in ((0, Rating.GOOD), (4, Rating.EASY))
    ]
    plans = []
    for order in (answers, answers[::-1]):
        recorded = []
        for answer in order:
            recorded.append(record_review(learner=learner, answer=answer, now=NOW + DAY * 5))
            place_cards(learner=learner, now=NOW + DAY * 4)
        plans.append(
            list(ReviewSchedule.objects.order_by("pk").values_list("planned_at", "due_at"))
        )
        for each in reversed(recorded):
            undo_review(learner=learner, review_id=each.public_id, now=NOW + DAY * 5)
    assert plans[0] == plans[1]


def test_an_answer_and_its_undo_make_the_place_void(learner: Learner) -> None:
    (content,) = _deck(learner, 1)
    _free_the_day_of(learner, content)
    placed = ReviewSchedule.objects.get(pk=content.pk)
    assert placed.planned_at != placed.due_at
    recorded = review(learner, content, at=placed.planned_at)
    after = ReviewSchedule.objects.get(pk=content.pk)
    assert after.planned_at == after.due_at == recorded.state.due_at
    undo_review(learner=learner, review_id=recorded.public_id, now=NOW + DAY * 20)
    assert ReviewSchedule.objects.get(pk=content.pk).planned_at == placed.planned_at


def test_caps_decide_what_is_asked_today_and_the_rest_is_listed(learner: Learner) -> None:
    for number in range(7):
        card(learner, f"new {number}")
    change_plan(learner=learner, changes={"new_a_day": 3}, now=NOW)
    due = due_cards(learner, now=NOW, limit=20)
    assert [each["front"] for each in due.cards] == ["new 0", "new 1", "new 2"]
    assert outlook(learner, now=NOW)["deferred_count"] == 4
    put_off = deferred_cards(learner, now=NOW, limit=10)
    assert [each["front"] for each in put_off] == [f"new {number}" for number in range(3, 7)]
    assert due_cards(learner, now=NOW + DAY, limit=20).due_count == 6
    change_plan(learner=learner, changes={"new_a_day": None}, now=NOW)
    assert due_cards(learner, now=NOW, limit=20).due_count == 7


def test_a_backlog_can_be_asked_for_by_recall(learner: Learner, api: ApiClient) -> None:
    for front, rating in (("weak", Rating.GOOD), ("strong", Rating.EASY), ("new", None)):
        content = card(learner, front)
        if rating:
            review(learner, content, Rating.GOOD)
            review(learner, content, rating, at=NOW + DAY * 3)
    late = NOW + DAY * 200
    due = due_cards(learner, now=late, limit=9, order=Order.RECALL).cards
    assert [each["front"] for each in due] == ["strong", "weak", "new"]
    assert due[0]["retrievability"] > due[1]["retrievability"]
    shown = api.get("/reviews/due/", order="recall").json()["cards"]
    assert [each["front"] for each in shown][-1] == "new"


def test_a_category_has_caps_of_its_own(learner: Learner) -> None:
    top = create_category(learner=learner, name="Top")
    below = create_category(learner=learner, name="Below", parent_id=top.public_id)
    for number in range(3):
        new = NewContent(category_id=below.public_id, front=f"{number}", back="x")
        add_content(learner=learner, new=new, now=NOW)
        card(learner, f"elsewhere {number}")
    change_category_plan(
        learner=learner, category_id=top.public_id, changes={"new_a_day": 1}, now=NOW
    )
    assert due_cards(learner, now=NOW, limit=20).due_count == 4


def test_wishes_over_http(api: ApiClient) -> None:
    answer = api.patch("/plan/", {"reviews_a_day": 40, "day_shares": [1, 1, 1, 1, 1, 0.5, 0]})
    assert answer.status_code == 200
    assert answer.json()["reviews_a_day"] == 40
    assert api.get("/plan/").json()["day_shares"][-1] == 0
    refused = api.patch("/plan/", {"away_from": "2026-05-01"})
    assert (refused.status_code, refused.json()["code"]) == (422, "absence_without_end")
    assert api.get("/plan/deferred/").json() == []


@pytest.mark.parametrize("body", [{"reviews_a_day": 0}, {"day_shares": [1]}, {"exam_on": "x"}])
def test_wishes_that_make_no_sense_are_refused(api: ApiClient, body: dict[str, Any]) -> None:
    assert api.patch("/plan/", body).status_code in {400, 422}
