"""Attempts: the server keeps order and time; an answer is recorded once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.queries.learners import Learner
from exams import tasks
from exams.models import Answer, Attempt, Grading, Question
from tests.client import ApiClient
from tests.exams.papers import begun, cards, made, reply, send, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(api: ApiClient, learner: Learner) -> dict[str, Any]:
    """Alice's, with four words to type in ten minutes."""
    cards(learner)
    return begun(api, made(api, size=4, minutes=10, kinds=["typing"]))


def test_an_answer_that_comes_again_is_recorded_once(
    api: ApiClient, attempt: dict[str, Any]
) -> None:
    key = str(uuid4())
    first, again = send(api, attempt, id=key), send(api, attempt, id=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = send(api, attempt, id=key, text="something else")
    assert (other.status_code, other.json()["code"]) == (409, "public_id_taken")
    assert Answer.objects.count() == Grading.objects.count() == 1


def test_the_order_is_the_servers(api: ApiClient, attempt: dict[str, Any]) -> None:
    third = Question.objects.get(exam__public_id=attempt["exam"], position=3)
    early = send(api, attempt, question=str(third.public_id))
    assert (early.status_code, early.json()["code"]) == (409, "not_the_question")
    assert send(api, attempt).status_code == 201
    back = send(api, attempt)
    assert (back.status_code, back.json()["code"]) == (409, "not_the_question")
    assert Answer.objects.count() == 1


def test_anothers_attempt_is_as_absent_as_none(
    bobs_api: ApiClient, attempt: dict[str, Any]
) -> None:
    assert send(bobs_api, attempt).status_code == 404
    assert bobs_api.get(f"/attempts/{attempt['id']}/").status_code == 404
    assert bobs_api.post(f"/attempts/{attempt['id']}/finish/").status_code == 404
    assert bobs_api.post(f"/exams/{attempt['exam']}/attempts/").status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize(("seconds", "status"), [(-1, 201), (0, 409), (1, 409)])
def test_time_is_kept_to_the_second(
    api: ApiClient, attempt: dict[str, Any], seconds: int, status: int
) -> None:
    closes_at = Attempt.objects.get().closes_at
    with time_machine.travel(closes_at + timedelta(seconds=seconds), tick=False):
        given = send(api, attempt)
        assert given.status_code == status, given.content
        shown = api.get(f"/attempts/{attempt['id']}/").json()
    assert Answer.objects.count() == (status == 201)
    assert shown["state"] == ("open" if status == 201 else "finished")


def test_an_attempt_whose_time_is_up_shows_no_question_before_it_is_closed(
    api: ApiClient, attempt: dict[str, Any]
) -> None:
    stored = Attempt.objects.get()
    with time_machine.travel(stored.closes_at, tick=False):
        shown = api.get(f"/attempts/{attempt['id']}/").json()
        assert (shown["state"], shown["question"]) == ("finished", None)
        tasks.close_attempts()
    stored.refresh_from_db()
    assert (stored.state, stored.ended_at) == ("finished", stored.closes_at)
    assert stored.points == 0


def test_a_cut_connection_goes_on_where_it_was(api: ApiClient, attempt: dict[str, Any]) -> None:
    send(api, attempt)
    shown = api.get(f"/attempts/{attempt['id']}/").json()
    assert shown["question"]["position"] == 2
    assert shown["answers"] == shown["proposed_reviews"] == []
    assert taken(api, shown)["result"]["points"] == 4


def test_one_attempt_is_open_at_a_time(api: ApiClient, attempt: dict[str, Any]) -> None:
    second = api.post(f"/exams/{attempt['exam']}/attempts/")
    assert (second.status_code, second.json()["code"]) == (409, "attempt_open")
    for _ in range(2):
        finished = api.post(f"/attempts/{attempt['id']}/finish/")
        assert (finished.status_code, finished.json()["state"]) == (200, "finished")
    assert send(api, attempt).json()["code"] == "attempt_over"
    assert begun(api, {"id": attempt["exam"]})["state"] == "open"
    assert len(api.get("/attempts/").json()["results"]) == 2


def test_i_do_not_know_is_an_answer(api: ApiClient, attempt: dict[str, Any]) -> None:
    assert send(api, attempt, text="").status_code == 201
    result = taken(api, api.get(f"/attempts/{attempt['id']}/").json())
    assert result["answers"][0]["verdict"] == "skipped"
    assert len(result["proposed_reviews"]) == 1


@pytest.mark.parametrize("kind", ["typing", "multiple_choice", "matching"])
def test_an_answer_fits_its_question(api: ApiClient, learner: Learner, kind: str) -> None:
    cards(learner)
    sitting = begun(api, made(api, size=1, kinds=[kind]))
    unfit: list[dict[str, Any]] = [
        {"options": ["a", "b"], "text": ""}, {"options": ["f"], "text": ""},
        {"options": ["a"], "text": "word"}, {"options": ["z"]}, {"options": "a"},
        {"text": "x" * 2001},
    ]  # fmt: skip
    for body in unfit:
        given = send(api, sitting, **body)
        assert given.status_code in {400, 422}, (body, given.content)
    assert not Answer.objects.exists()
    assert send(api, sitting).status_code == 201


def test_a_pair_that_is_wrong_is_one_lapse(api: ApiClient, learner: Learner) -> None:
    cards(learner)
    sitting = begun(api, made(api, size=1, kinds=["matching"]))
    letters = reply(sitting["question"])["options"]
    letters[0], letters[1] = letters[1], letters[0]
    answer = send(api, sitting, options=letters)
    assert answer.json()["result"]["score"] == 0.5
    result = api.get(f"/attempts/{sitting['id']}/").json()
    assert result["answers"][0]["verdict"] == "partial"
    proposed = [each["front"] for each in result["proposed_reviews"]]
    assert sorted(proposed) == sorted(sitting["question"]["prompts"][:2])


def test_answers_and_gradings_are_append_only(api: ApiClient, attempt: dict[str, Any]) -> None:
    send(api, attempt)
    for model in (Answer, Grading):
        rows: Any = model.objects.all()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(user_id=7)
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)


def test_lists_take_few_queries(
    api: ApiClient, attempt: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    taken(api, attempt)
    for _ in range(3):
        made(api, size=2)
    with django_assert_max_num_queries(8):
        assert len(api.get("/exams/").json()["results"]) == 4
    with django_assert_max_num_queries(9):
        assert len(api.get(f"/attempts/{attempt['id']}/").json()["answers"]) == 4
    assert timezone.now() > Attempt.objects.get().started_at
