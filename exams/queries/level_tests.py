"""What a learner sees of their level tests."""

from datetime import datetime
from typing import NotRequired, TypedDict
from uuid import UUID

from accounts.queries.learners import Learner
from exams.access import level_test_of, level_tests_of
from exams.item_bank import LETTERS
from exams.level_test import ITEMS_MAX, LEVELS
from exams.models import LevelAnswer, LevelItem, LevelTest


class Option(TypedDict):
    """One of the options; ``key`` is the letter to answer with."""

    key: str
    text: str


class Question(TypedDict):
    """What is asked now; ``position`` counts from 1."""

    id: UUID
    position: int
    kind: str
    passage: str
    stem: str
    options: list[Option]


class Result(TypedDict):
    """What a finished test found: the level, how probable each is, the ability (-4 to 4)."""

    level: str
    probability: float
    probabilities: dict[str, float]
    ability: float
    standard_error: float


class AnsweredItem(TypedDict):
    """An item of a finished test; ``option`` is None where the learner did not know."""

    position: int
    level: str
    kind: str
    passage: str
    stem: str
    options: list[Option]
    option: str | None
    right_option: str
    is_right: bool
    taken_ms: int


class ShownTest(TypedDict):
    """A level test; there is a question while it is open, a result when it is finished."""

    id: UUID
    state: str
    started_at: datetime
    closes_at: datetime
    ended_at: datetime | None
    answer_count: int
    answer_count_max: int
    question: Question | None
    result: Result | None
    items: NotRequired[list[AnsweredItem]]


def level_test(learner: Learner, test_id: UUID) -> ShownTest:
    """Return a test as it stands, with its items once it is finished; LevelTestNotFound."""
    test = level_test_of(learner, test_id)
    items = items_of(test) if test.state == LevelTest.State.FINISHED else []
    return {**shown(test), "items": items}


def shown(test: LevelTest) -> ShownTest:
    """Return a stored test as a learner sees it."""
    return {
        "id": test.public_id,
        "state": test.state,
        "started_at": test.started_at,
        "closes_at": test.closes_at,
        "ended_at": test.ended_at,
        "answer_count": test.answer_count,
        "answer_count_max": ITEMS_MAX,
        "question": _question(test),
        "result": _result(test),
    }


def items_of(test: LevelTest) -> list[AnsweredItem]:
    """Return what was asked and answered. One query."""
    rows = LevelAnswer.objects.filter(test=test).select_related("item").order_by("position")
    return [_answered_item(row) for row in rows]


def measured(learner: Learner) -> list[LevelTest]:
    """Return the finished tests, oldest first. One query."""
    rows = level_tests_of(learner).filter(state=LevelTest.State.FINISHED)
    return list(rows.order_by("ended_at"))


def _question(test: LevelTest) -> Question | None:
    if test.question_id is None or test.item is None:
        return None
    return {
        "id": test.question_id,
        "position": test.answer_count + 1,
        "kind": test.item.kind,
        "passage": test.item.passage,
        "stem": test.item.stem,
        "options": _options(test.item),
    }


def _options(item: LevelItem) -> list[Option]:
    return [
        {"key": letter, "text": text} for letter, text in zip(LETTERS, item.options, strict=True)
    ]


def _result(test: LevelTest) -> Result | None:
    if test.ability is None or test.standard_error is None:
        return None
    probabilities = dict(zip(LEVELS, test.probabilities, strict=True))
    return {
        "level": test.level,
        "probability": probabilities[test.level],
        "probabilities": probabilities,
        "ability": test.ability,
        "standard_error": test.standard_error,
    }


def _answered_item(answer: LevelAnswer) -> AnsweredItem:
    item = answer.item
    return {
        "position": answer.position,
        "level": item.level,
        "kind": item.kind,
        "passage": item.passage,
        "stem": item.stem,
        "options": _options(item),
        "option": None if answer.option is None else LETTERS[answer.option],
        "right_option": LETTERS[item.key],
        "is_right": answer.is_right,
        "taken_ms": round((answer.answered_at - answer.asked_at).total_seconds() * 1000),
    }
