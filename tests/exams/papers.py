"""Exams and attempts for the tests, made through the commands and over HTTP."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.queries.learners import Learner
from exams.models import Question
from review.models import Content
from tests.client import ApiClient
from tests.review.cards import card

WORDS = {
    "bridge": ("a way over a river for people", "The old bridge is safe now."),
    "borrow": ("to take something and give it back later", "May I borrow your pen, please?"),
    "island": ("land with water all round it", "They live on a small island in the sea."),
    "kitchen": ("the room where food is cooked", "My mother is in the kitchen now."),
    "winter": ("the coldest season of the year", "It snows here every winter."),
    "honest": ("never telling lies", "He is an honest man."),
    "ticket": ("a paper that lets you travel or go in", "I lost my ticket on the train."),
    "whisper": ("to speak very quietly", "She had to whisper in the library."),
}  # fmt: skip


def cards(learner: Learner, count: int = 8, now: datetime | None = None) -> list[Content]:
    """Cards that say enough for every kind of question."""
    return [
        card(learner, word, now or timezone.now(), back=meaning, example=example)
        for word, (meaning, example) in list(WORDS.items())[:count]
    ]


def made(api: ApiClient, **wish: Any) -> dict[str, Any]:
    """Make an exam over HTTP."""
    answer = api.post("/exams/", wish)
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def begun(api: ApiClient, exam: dict[str, Any]) -> dict[str, Any]:
    """Begin an attempt over HTTP."""
    answer = api.post(f"/exams/{exam['id']}/attempts/")
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def reply(question: dict[str, Any], *, right: bool = True) -> dict[str, Any]:
    """Return what to send so that the answer is right, or wrong."""
    row = Question.objects.get(public_id=question["id"])
    letters = [option["key"] for option in question["options"]]
    if row.kind == "open":
        return {"text": f"I think that the {row.words[0]} was good."}
    if question["answer_with"] == "text":
        return {"text": row.accepted[0] if right else "zebra"}
    keys = row.key if right else [(place + 1) % len(letters) for place in row.key]
    return {"options": [letters[place] for place in keys]}


def send(api: ApiClient, attempt: dict[str, Any], *, right: bool = True, **more: Any) -> Any:
    """Answer the question that ``attempt`` shows."""
    body = {"question": attempt["question"]["id"], "id": str(uuid4())}
    body |= reply(attempt["question"], right=right) | more
    return api.post(f"/attempts/{attempt['id']}/answers/", body)


def taken(api: ApiClient, attempt: dict[str, Any], *, right: bool = True) -> dict[str, Any]:
    """Answer all there is, and return the attempt with its answers."""
    while attempt["state"] == "open":
        answer = send(api, attempt, right=right)
        assert answer.status_code == 201, answer.content
        attempt = answer.json()
    body: dict[str, Any] = api.get(f"/attempts/{attempt['id']}/").json()
    return body
