"""The item bank in the database: brought in from files, its difficulties estimated from answers."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from exams import metrics
from exams.calibration import ANSWERS_MIN, Trial, anchored, difficulty, discrimination
from exams.item_bank import WrittenItem, expected_difficulty, written_items
from exams.level_test import Outcome
from exams.models import LevelAnswer, LevelItem, LevelTest
from exams.queries.items import outcome_of

ANSWERS_MAX = 200_000  # the latest ones of finished tests
_TEXTS = ("level", "kind", "target", "passage", "stem", "options", "key")


@transaction.atomic
def load_item_bank(*, items: Iterable[WrittenItem] | None = None) -> int:
    """Store the written items, those of the files by default; return how many are new.

    An item stored already keeps its difficulty, unless it is of another level now.
    """
    stored = {item.code: item for item in LevelItem.objects.select_for_update()}
    new: list[LevelItem] = []
    changed: list[LevelItem] = []
    for written in written_items() if items is None else items:
        item = stored.get(written.code) or LevelItem(code=written.code)
        if item.level != written.level:
            item.difficulty = written.expected_difficulty
        for name in _TEXTS:
            setattr(item, name, getattr(written, name))
        item.options = list(written.options)
        (changed if item.pk else new).append(item)
    LevelItem.objects.bulk_create(new)
    LevelItem.objects.bulk_update(changed, [*_TEXTS, "difficulty"])
    return len(new)


@transaction.atomic
def estimate_level_items(*, now: datetime) -> int:
    """Write each item's statistics, and its difficulty where answers are enough; return how many.

    Abilities are those the tests found; difficulties are moved together so that the scale stays.
    """
    trials = _trials()
    items = list(LevelItem.objects.select_for_update(no_key=True).filter(pk__in=trials))
    expected = {item.pk: expected_difficulty(item.level) for item in items}
    enough = [item.pk for item in items if len(trials[item.pk]) >= ANSWERS_MIN]
    found = anchored({key: difficulty(expected[key], trials[key]) for key in enough}, expected)
    for item in items:
        _describe(item, trials[item.pk])
        if item.pk in found:
            item.difficulty, item.difficulty_error = found[item.pk].value, found[item.pk].error
            item.estimated_at = now
    LevelItem.objects.bulk_update(items, [
        "answer_count", "right_count", "unknown_count", "discrimination",
        "difficulty", "difficulty_error", "estimated_at",
    ])  # fmt: skip
    metrics.ESTIMATED.inc(len(found))
    return len(found)


def _trials() -> dict[int, list[Trial]]:
    rows = LevelAnswer.objects.filter(test__state=LevelTest.State.FINISHED).order_by("-pk")
    found: dict[int, list[Trial]] = defaultdict(list)
    for key, option, is_right, ability, error in rows.values_list(
        "item_id", "option", "is_right", "test__ability", "test__standard_error"
    )[:ANSWERS_MAX]:
        if ability is not None and error is not None:
            found[key].append(Trial(ability, error, outcome_of(option, is_right=is_right)))
    return found


def _describe(item: LevelItem, trials: list[Trial]) -> None:
    outcomes = [trial.outcome for trial in trials]
    item.answer_count = len(outcomes)
    item.right_count = outcomes.count(Outcome.RIGHT)
    item.unknown_count = outcomes.count(Outcome.UNKNOWN)
    item.discrimination = discrimination(trials)
