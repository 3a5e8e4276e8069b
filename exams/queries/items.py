"""The item bank and the answers, as the pure test sees them."""

from collections.abc import Collection

from accounts.queries.learners import Learner
from exams.level_test import Answered, Bank, Item, Kind, Outcome
from exams.models import LevelAnswer, LevelItem, LevelTest

TESTS_REMEMBERED = 3


def bank() -> Bank:
    """Return the items in use. One query."""
    rows = LevelItem.objects.filter(is_withdrawn=False).order_by("code")
    fields = rows.values_list("pk", "kind", "difficulty", "difficulty_error")
    return Bank([Item(key, Kind(kind), b, error) for key, kind, b, error in fields])


def outcome_of(option: int | None, *, is_right: bool) -> Outcome:
    """Return what an answer was."""
    if option is None:
        return Outcome.UNKNOWN
    return Outcome.RIGHT if is_right else Outcome.WRONG


def answered(test_id: int) -> list[Answered]:
    """Return the test's answers in their order. One query."""
    rows = LevelAnswer.objects.filter(test_id=test_id).select_related("item").order_by("position")
    return [
        Answered(
            Item(row.item_id, Kind(row.item.kind), row.item.difficulty, row.item.difficulty_error),
            outcome_of(row.option, is_right=row.is_right),
        )
        for row in rows
    ]


def seen_before(learner: Learner) -> Collection[int]:
    """Return the items that the learner answered in their latest tests. One query."""
    latest = LevelTest.objects.filter(user_id=learner.id).order_by("-pk")[:TESTS_REMEMBERED]
    rows = LevelAnswer.objects.filter(
        user_id=learner.id, test_id__in=latest.values("pk")
    ).values_list("item_id", flat=True)
    return set(rows)
