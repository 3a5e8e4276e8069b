"""Difficulties come from answers, and the scale stays where it was."""

import math
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from exams import tasks
from exams.calibration import (
    ANSWERS_MIN,
    FARTHEST,
    Difficulty,
    Trial,
    anchored,
    difficulty,
    discrimination,
)
from exams.commands.item_bank import estimate_level_items
from exams.level_test import SLOPE, Outcome
from exams.models import LevelAnswer, LevelItem, LevelTest

NOW = timezone.now()


def _trials(real: float, count: int, random: Random, error: float = 0.4) -> list[Trial]:
    trials = []
    for _ in range(count):
        ability = random.uniform(real - 2, real + 2)
        knows = random.random() < 1 / (1 + math.exp(-SLOPE * (ability - real)))
        missed = Outcome.UNKNOWN if random.random() < 0.5 else Outcome.WRONG
        lucky = missed == Outcome.WRONG and random.random() < 0.25
        outcome = Outcome.RIGHT if knows or lucky else missed
        trials.append(Trial(ability + random.gauss(0, error), error, outcome))
    return trials


def test_without_answers_an_item_is_as_hard_as_its_level() -> None:
    found = difficulty(0.5, [])
    assert found.value == pytest.approx(0.5)
    assert found.error == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("real", [-0.6, 0.5, 1.6])
def test_the_real_difficulty_is_found(real: float) -> None:
    found = difficulty(0.5, _trials(real, 600, Random(3)))
    assert abs(found.value - real) < 0.2
    assert found.error < 0.15


def test_few_answers_move_an_item_little_and_none_beyond_the_farthest() -> None:
    always = [Trial(2.0, 0.3, Outcome.WRONG)]
    moved = [difficulty(-2.5, always * count).value for count in (0, 1, 5, 500)]
    assert moved == sorted(moved)
    assert moved[1] + 2.5 < 0.6
    assert moved[3] <= -2.5 + FARTHEST


def test_answers_come_nearer_to_the_truth_than_levels_do() -> None:
    random, before, after = Random(5), 0.0, 0.0
    for _ in range(60):
        real = random.gauss(0, 0.6)
        before += real**2
        after += (difficulty(0.0, _trials(real, 120, random)).value - real) ** 2
    assert after < before / 4


def test_what_all_items_move_together_is_taken_back() -> None:
    found = {1: Difficulty(1.0, 0.2), 2: Difficulty(0.0, 0.2), 3: Difficulty(0.6, 0.4)}
    expected = {1: 0.5, 2: -0.5, 3: 0.1}
    assert {key: each.value for key, each in anchored(found, expected).items()} == pytest.approx(
        expected
    )
    uneven = anchored({1: Difficulty(1.0, 0.2), 2: Difficulty(0.0, 0.2)}, {1: 0.0, 2: 0.0})
    assert [uneven[1].value, uneven[2].value] == pytest.approx([0.5, -0.5])
    assert anchored({}, {}) == {}


def test_a_good_item_tells_the_able_from_the_others() -> None:
    assert (discrimination(_trials(0, 200, Random(7))) or 0) > 0.2
    reversed_key = [
        Trial(t.ability, 0.4, Outcome.WRONG if t.outcome == Outcome.RIGHT else Outcome.RIGHT)
        for t in _trials(0, 200, Random(7))
    ]
    assert (discrimination(reversed_key) or 0) < -0.2
    assert discrimination(_trials(0, ANSWERS_MIN - 1, Random(7))) is None
    assert discrimination([Trial(0.0, 0.4, Outcome.RIGHT)] * ANSWERS_MIN) is None


def _answers(user: User, item: LevelItem, count: int, option: int | None, ability: float) -> None:
    for _ in range(count):
        test = LevelTest.objects.create(
            user=user, state="finished", started_at=NOW, closes_at=NOW, ended_at=NOW,
            level="B1", ability=ability, standard_error=0.4, probabilities=[1, 0, 0, 0, 0, 0],
        )  # fmt: skip
        LevelAnswer.objects.create(
            public_id=uuid4(), user=user, test=test, position=1, question_id=uuid4(), item=item,
            option=option, is_right=option == item.key, asked_at=NOW,
            answered_at=NOW + timedelta(seconds=5),
        )  # fmt: skip


@pytest.mark.django_db
def test_the_clock_estimates_what_was_answered_enough(alice: User) -> None:
    hard, easy, rare, idle = LevelItem.objects.filter(level="B1")[:4]
    _answers(alice, hard, ANSWERS_MIN, (hard.key + 1) % 4, 1.0)
    _answers(alice, hard, 5, None, 1.0)
    _answers(alice, easy, ANSWERS_MIN, easy.key, -1.0)
    _answers(alice, rare, ANSWERS_MIN - 1, rare.key, 0.0)
    tasks.estimate_level_items()
    for item in (hard, easy, rare, idle):
        item.refresh_from_db()
    assert hard.difficulty > -0.5 > easy.difficulty
    assert hard.difficulty_error < 0.6
    assert hard.estimated_at is not None
    assert (hard.answer_count, hard.right_count, hard.unknown_count) == (25, 0, 5)
    assert (rare.answer_count, rare.right_count) == (ANSWERS_MIN - 1, ANSWERS_MIN - 1)
    assert (rare.difficulty, rare.estimated_at, idle.answer_count) == (-0.5, None, 0)


@pytest.mark.django_db
def test_twice_is_once_and_unfinished_tests_say_nothing(alice: User) -> None:
    item = LevelItem.objects.filter(level="B1")[0]
    _answers(alice, item, ANSWERS_MIN, item.key, 1.0)
    LevelTest.objects.update(state="unfinished", ability=None, standard_error=None, level="")
    assert estimate_level_items(now=NOW) == 0
    LevelTest.objects.update(state="finished", ability=1.0, standard_error=0.4)
    assert estimate_level_items(now=NOW) == 1
    item.refresh_from_db()
    first = (item.difficulty, item.difficulty_error)
    estimate_level_items(now=NOW)
    item.refresh_from_db()
    assert (item.difficulty, item.difficulty_error) == pytest.approx(first)
