"""The questions of the level test pass their review, and the review sees what it is for."""

import shutil
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from exams.item_bank import FOLDER, WrittenItem, written_items
from exams.item_bank.review import A_LEVEL_MIN, item_problems, problems
from exams.level_test import LEVELS, Kind
from exams.models import LevelItem

ITEMS = list(written_items())
WORD, RULE, TEXT = (next(i for i in ITEMS if i.kind == kind) for kind in Kind)


def test_every_level_has_items_of_every_kind_enough() -> None:
    counts = Counter(item.level for item in ITEMS)
    assert all(counts[level] >= A_LEVEL_MIN for level in LEVELS)
    assert min(Counter((item.level, item.kind) for item in ITEMS).values()) >= 14
    assert set(Counter(item.key for item in ITEMS)) == {0, 1, 2, 3}


def test_the_bank_passes_its_review() -> None:
    told = StringIO()
    call_command("review_item_bank", stdout=told)
    assert told.getvalue() == f"{len(ITEMS)} questions, no problem.\n"


def test_what_is_rejected_is_printed(tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    shutil.copytree(FOLDER, folder)
    file = folder / "a1_grammar.csv"
    file.write_text(file.read_text().replace("___", "...", 1))
    told = StringIO()
    with pytest.raises(CommandError, match="1 problems"):
        call_command("review_item_bank", folder=folder, stdout=told)
    assert told.getvalue() == "A1-G-01: there has to be one gap ___\n"


@pytest.mark.parametrize(
    ("planted", "problem"),
    [
        (replace(WORD, options=(*WORD.options[:3], WORD.options[0])), "two options are the same"),
        (replace(RULE, options=("\uff41re", "are", "is", "be")), "two options are the same"),
        (replace(RULE, options=("Are", "are ", "is", "be")), "two options are the same"),
        (replace(RULE, options=("are", "", "is", "be")), "there have to be 4 options"),
        (replace(RULE, options=("are", "is", "be")), "there have to be 4 options"),
        (replace(RULE, options=("are", "=1+1", "is", "be")), "a text begins as a formula does"),
        (replace(RULE, stem="@now() ___"), "a text begins as a formula does"),
        (replace(RULE, key=4), "the key is none of the options"),
        (replace(RULE, stem="No gap here."), "there has to be one gap ___"),
        (replace(RULE, stem="___ and ___"), "there has to be one gap ___"),
        (replace(RULE, passage="A text."), "a passage belongs to reading, and only there"),
        (replace(TEXT, passage=" "), "a passage belongs to reading, and only there"),
        (replace(WORD, stem=f"{WORD.target} ___"), "the key stands in the stem"),
        (replace(WORD, target="lunch"), "the key is not the word it is about"),
        (replace(WORD, level="C1"), "breakfast is of level 1.0"),
        (replace(TEXT, level="B2"), "the passage is of level"),
    ],
)
def test_a_planted_fault_is_seen(planted: WrittenItem, problem: str) -> None:
    assert any(found.startswith(problem) for found in item_problems(planted))


def test_faults_of_the_whole_are_seen() -> None:
    again = replace(RULE, code="A1-G-99", stem=RULE.stem.replace("now", "today"))
    found = list(problems([*ITEMS, again, WORD]))
    assert f"{again.code}: nearly the same as {RULE.code}" in found
    assert f"{WORD.code}: the code stands 2 times" in found
    assert f"{WORD.target}: asked 2 times" in found
    few = list(problems([item for item in ITEMS if item.level != "C2"]))
    assert few == [f"C2: 0 items, {A_LEVEL_MIN} are needed"]
    lopsided = [replace(item, options=_key_first(item), key=0) for item in ITEMS]
    count = len(ITEMS)
    assert f"the key is the option 0 in {count} of {count} items" in problems(lopsided)
    long = [replace(item, options=_longest(item)) for item in ITEMS]
    assert f"the key is longer than every other option in {count} of {count} items" in problems(
        long
    )


def _key_first(item: WrittenItem) -> tuple[str, ...]:
    rest = (option for number, option in enumerate(item.options) if number != item.key)
    return (item.options[item.key], *rest)


def _longest(item: WrittenItem) -> tuple[str, ...]:
    longer = item.options[item.key] + "." * 200
    return tuple(longer if n == item.key else option for n, option in enumerate(item.options))


@pytest.mark.django_db
def test_the_bank_is_there_from_the_first_migration_on() -> None:
    stored = LevelItem.objects.order_by("code")
    assert [item.code for item in stored] == sorted(item.code for item in ITEMS)
    item = LevelItem.objects.get(code=WORD.code)
    assert (tuple(item.options), item.key, item.difficulty) == (WORD.options, WORD.key, -2.5)


@pytest.mark.django_db
def test_loading_again_takes_over_new_texts_and_keeps_difficulties() -> None:
    LevelItem.objects.filter(code=WORD.code).update(difficulty=-1.9, stem="old")
    LevelItem.objects.filter(code=RULE.code).delete()
    told = StringIO()
    call_command("load_item_bank", stdout=told)
    assert told.getvalue() == "1 new questions.\n"
    item = LevelItem.objects.get(code=WORD.code)
    assert (item.stem, item.difficulty) == (WORD.stem, -1.9)
    call_command("load_item_bank", stdout=told)
    assert LevelItem.objects.count() == len(ITEMS)
