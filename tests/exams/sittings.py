"""Sitting a level test, as somebody of a given ability would."""

import math
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

from accounts.queries.learners import Learner
from exams.commands.level_tests import GivenAnswer, answer_question, start_level_test
from exams.models import LevelTest
from tests.client import ApiClient

SECOND = timedelta(seconds=1)


def sit(learner: Learner, ability: float, at: Any, random: Random) -> LevelTest:
    """Take a whole level test; who does not know says so."""
    test = start_level_test(learner=learner, now=at)
    while test.item and test.question_id:
        knows = random.random() < 1 / (1 + math.exp(-1.2 * (ability - test.item.difficulty)))
        given = GivenAnswer(uuid4(), test.question_id, test.item.key if knows else None)
        at += SECOND
        test, _ = answer_question(learner=learner, test_id=test.public_id, given=given, now=at)
    return test


def started(api: ApiClient) -> dict[str, Any]:
    """Begin a test over HTTP."""
    answer = api.post("/level-tests/")
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def answer(api: ApiClient, test: dict[str, Any], option: str | None = "a", **more: Any) -> Any:
    """Answer the question that ``test`` shows."""
    body = {"question": test["question"]["id"], "option": option, **more}
    return api.post(f"/level-tests/{test['id']}/answers/", body)
