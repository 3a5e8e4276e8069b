"""Reviews over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.queries.learners import Learner
from review.models import ReviewHistory
from tests.client import ApiClient
from tests.review.cards import card


@pytest.fixture
def content(learner: Learner) -> str:
    return str(card(learner, now=timezone.now()).public_id)


def test_a_due_card_is_answered_and_comes_back_later(api: ApiClient, content: str) -> None:
    due = api.get("/reviews/due/").json()["cards"][0]
    assert (due["id"], due["stage"], due["retrievability"]) == (content, "new", None)
    response = api.post("/reviews/", {"content": content, "rating": 4, "taken_ms": 2100})
    assert response.status_code == 201
    answer = response.json()
    assert answer["result"] == "remembered"
    assert answer["schedule"]["stage"] == "review"
    assert answer["schedule"]["due_at"][:16] == due["next_intervals"]["easy"]["due_at"][:16]
    assert answer["next_intervals"]["again"]["seconds"] == 600
    assert api.get("/reviews/due/").json() == {"due_count": 0, "cards": []}


def test_a_repeated_request_is_answered_200(api: ApiClient, content: str) -> None:
    body = {"content": content, "rating": 3, "id": str(uuid4())}
    first, again = api.post("/reviews/", body), api.post("/reviews/", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert ReviewHistory.objects.count() == 1


def test_an_answer_is_taken_back(api: ApiClient, content: str) -> None:
    recorded = api.post("/reviews/", {"content": content, "rating": 1}).json()
    response = api.post(f"/reviews/{recorded['id']}/undo/")
    assert response.status_code == 201
    assert response.json()["schedule"]["stage"] == "new"
    assert api.get("/reviews/due/").json()["due_count"] == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"rating": 5}, 400, "invalid"),
        ({"rating": 0}, 400, "invalid"),
        ({"rating": "x"}, 400, "invalid"),
        ({"taken_ms": -1}, 400, "invalid"),
        ({"content": str(uuid4())}, 404, "content_not_found"),
        ({"content": "seven"}, 400, "invalid"),
        ({"reviewed_at": "2099-01-01T00:00:00Z"}, 422, "reviewed_in_future"),
        ({"reviewed_at": "2001-01-01T00:00:00Z"}, 422, "reviewed_before_added"),
        ({"reviewed_at": "yesterday"}, 400, "invalid"),
    ],
)
def test_bad_input_is_named_and_writes_nothing(
    api: ApiClient, content: str, change: dict[str, Any], status: int, code: str
) -> None:
    response = api.post("/reviews/", {"content": content, "rating": 3} | change)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert not ReviewHistory.objects.exists()


@pytest.mark.parametrize("body", [b"{", b'{"rating": NaN}', b"[]", b"\xff"])
def test_what_is_not_json_is_refused(api: ApiClient, body: bytes) -> None:
    assert api.post("/reviews/", body).status_code == 400


def test_a_body_beyond_the_limit_is_refused(api: ApiClient) -> None:
    assert api.post("/reviews/", b'{"x": "' + b"x" * 10_000_000 + b'"}').status_code == 413


def test_another_learners_card_is_absent(bobs_api: ApiClient, api: ApiClient, content: str) -> None:
    review = {"content": content, "rating": 3}
    assert bobs_api.post("/reviews/", review).status_code == 404
    recorded = api.post("/reviews/", review).json()
    assert bobs_api.post(f"/reviews/{recorded['id']}/undo/").status_code == 404
    assert bobs_api.get("/reviews/due/").json()["due_count"] == 0
