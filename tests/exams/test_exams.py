"""Exams over HTTP: made of the learner's own cards, on demand and each week."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.queries.learners import Learner
from exams import tasks
from exams.commands.exams import make_weekly_exams, monday
from exams.models import Exam, Question
from exams.queries.exam_items import item_of
from exams.queries.exam_material import around
from exams.validation import faults
from review.ratings import Rating
from tests.client import ApiClient
from tests.exams.papers import begun, cards, made, send, taken
from tests.review.cards import card, review

pytestmark = pytest.mark.django_db
KINDS = ["cloze", "multiple_choice", "matching", "typing", "open"]


def test_an_exam_asks_the_kinds_in_turn_and_is_right_when_all_is_right(
    api: ApiClient, learner: Learner
) -> None:
    cards(learner)
    exam = made(api, size=5, kinds=KINDS)
    assert exam["count_by_kind"] == dict.fromkeys(sorted(KINDS), 1)
    result = taken(api, begun(api, exam))
    assert [each["verdict"] for each in result["answers"]] == ["right"] * 4 + ["not_graded_yet"]
    assert result["result"] == {
        "points": 4, "question_count": 5, "ungraded_count": 1, "score": 1.0
    }  # fmt: skip
    assert result["proposed_reviews"] == []


def test_every_stored_question_passes_the_validator(api: ApiClient, learner: Learner) -> None:
    cards(learner)
    made(api, size=5, kinds=KINDS)
    made(api, size=8, kinds=["cloze"])
    deck = around(learner).deck
    for question in Question.objects.all():
        assert faults(item_of(question), deck) == [], question
        assert question.checks
        assert question.source == "template"
        assert len(question.card_ids) == len(question.words)


def test_a_question_does_not_show_its_key(api: ApiClient, learner: Learner) -> None:
    cards(learner)
    question = begun(api, made(api, size=1, kinds=["multiple_choice"]))["question"]
    assert question.keys() == {
        "id", "position", "kind", "answer_with", "stem", "hint", "prompts", "options", "audio",
    }  # fmt: skip
    assert len({option["text"] for option in question["options"]}) == 4


def test_a_wrong_answer_proposes_a_lapse_and_nothing_is_recorded_unasked(
    api: ApiClient, learner: Learner
) -> None:
    (content, *_) = cards(learner, now=timezone.now() - timedelta(days=3))
    for days in (2, 1):
        review(learner, content, Rating.EASY, at=timezone.now() - timedelta(days=days))
    exam = made(api, size=8, kinds=["typing"])
    result = taken(api, begun(api, exam), right=False)
    assert result["result"]["points"] == 0
    assert len(result["proposed_reviews"]) == 8
    schedule = content.schedule
    assert schedule.lapses == 0
    address = f"/attempts/{result['id']}/reviews/"
    for _ in range(2):
        answer = api.post(address, {"contents": [str(content.public_id)]})
        assert answer.status_code == 200, answer.content
        assert [each["is_recorded"] for each in answer.json()] == [True]
        schedule.refresh_from_db()
        assert (schedule.lapses, schedule.reps) == (1, 3)


def test_only_proposed_reviews_are_recorded(
    api: ApiClient, learner: Learner, bobs_api: ApiClient
) -> None:
    (content, *_) = cards(learner)
    result = taken(api, begun(api, made(api, size=8, kinds=["typing"])))
    body = {"contents": [str(content.public_id)]}
    assert api.post(f"/attempts/{result['id']}/reviews/", body).status_code == 404
    assert bobs_api.post(f"/attempts/{result['id']}/reviews/", body).status_code == 404
    content.schedule.refresh_from_db()
    assert content.schedule.reps == 0


def test_a_card_that_sleeps_by_now_is_told_and_the_others_are_recorded(
    api: ApiClient, learner: Learner
) -> None:
    contents = cards(learner)[:2]
    result = taken(api, begun(api, made(api, size=8, kinds=["typing"])), right=False)
    moment = timezone.now() - timedelta(minutes=1)
    type(contents[0]).objects.filter(pk=contents[0].pk).update(archived_at=moment)
    body = {"contents": [str(each.public_id) for each in contents]}
    found = api.post(f"/attempts/{result['id']}/reviews/", body).json()
    assert [each["is_recorded"] for each in found] == [False, True]
    assert found[0]["code"] == "content_archived"


def test_cards_are_chosen_by_category_tag_and_need(api: ApiClient, learner: Learner) -> None:
    cards(learner)
    tagged = card(learner, "lemon", timezone.now(), back="a sour yellow fruit", tags=["fruit"])
    made(api, size=5, tags=["fruit"], kinds=["typing"])
    assert Question.objects.get().card_ids == [tagged.public_id]
    later = card(learner, "pear", timezone.now(), back="a sweet green fruit")
    review(learner, later, Rating.EASY, at=timezone.now())
    due = made(api, size=50, choice="due", kinds=["typing"])
    words = Question.objects.filter(exam__public_id=due["id"]).values_list("words", flat=True)
    assert ["pear"] not in list(words)
    newest = made(api, size=1, choice="recent", kinds=["typing"])
    assert Question.objects.get(exam__public_id=newest["id"]).words == ["pear"]


def test_what_cannot_be_asked_is_refused(
    api: ApiClient, bobs_api: ApiClient, learner: Learner
) -> None:
    assert api.post("/exams/", {}).json()["code"] == "nothing_to_ask"
    (content, *_) = cards(learner)
    category = str(content.category.public_id)
    assert bobs_api.post("/exams/", {"category": category}).status_code == 404
    wishes: list[dict[str, Any]] = [
        {"size": 0},
        {"size": 51},
        {"minutes": 0},
        {"kinds": []},
        {"kinds": ["essay"]},
    ]
    for wish in wishes:
        assert api.post("/exams/", wish).status_code in {400, 422}, wish
    assert not Exam.objects.exists()


def test_two_cards_of_one_meaning_are_never_both_options(api: ApiClient, learner: Learner) -> None:
    for word in ("big", "large", "huge", "great", "grand"):
        card(learner, word, timezone.now(), back="of great size")
    made(api, size=5, kinds=["multiple_choice"])
    for question in Question.objects.filter(kind="multiple_choice"):
        assert len({*question.options} & {"big", "large", "huge", "great", "grand"}) == 1


def test_a_weekly_exam_is_made_once_a_week(api: ApiClient, learner: Learner) -> None:
    assert api.get("/exams/weekly/").status_code == 404
    cards(learner)
    wish: dict[str, Any] = {"size": 4, "minutes": 10, "kinds": ["typing"]}
    put = api._client.put("/api/v1/exams/weekly/", wish, content_type="application/json")
    assert put.status_code == 200, put.content
    exam = Exam.objects.get()
    assert put.json()["exam"] == str(exam.public_id)
    assert exam.week_on == monday(learner, timezone.now())
    tasks.make_weekly_exams()
    assert Exam.objects.count() == 1
    assert make_weekly_exams(now=timezone.now() + timedelta(days=7)) == 1
    assert make_weekly_exams(now=timezone.now() + timedelta(days=7)) == 0
    assert Exam.objects.count() == 2
    assert api.delete("/exams/weekly/").status_code == 204
    assert make_weekly_exams(now=timezone.now() + timedelta(days=14)) == 0


def test_a_reported_question_counts_no_more(
    api: ApiClient, learner: Learner, django_capture_on_commit_callbacks: Any
) -> None:
    cards(learner)
    exam = made(api, size=4, kinds=["typing"])
    attempt = send(api, begun(api, exam), right=False).json()
    first = Question.objects.get(exam__public_id=exam["id"], position=1)
    result = taken(api, attempt)
    assert (result["result"]["points"], result["result"]["question_count"]) == (3, 4)
    report = f"/exams/{exam['id']}/questions/{first.public_id}/report/"
    for _ in range(2):
        assert api.post(report, {"text": "two are right"}).status_code == 200
    tasks.rescore()
    after = api.get(f"/attempts/{result['id']}/").json()
    assert (after["result"]["points"], after["result"]["question_count"]) == (3, 3)
    assert after["result"]["score"] == 1
    assert after["answers"][0]["is_withdrawn"] is True
    assert after["proposed_reviews"] == []
    assert api.get(f"/exams/{exam['id']}/").json()["question_count"] == 3


def test_a_question_reported_while_it_is_asked_is_passed_over(
    api: ApiClient, learner: Learner
) -> None:
    cards(learner)
    exam = made(api, size=3, kinds=["typing"])
    attempt = begun(api, exam)
    asked = attempt["question"]["id"]
    assert api.post(f"/exams/{exam['id']}/questions/{asked}/report/").status_code == 200
    now = api.get(f"/attempts/{attempt['id']}/").json()
    assert now["question"]["position"] == 2
    assert send(api, attempt).json()["code"] == "not_the_question"
