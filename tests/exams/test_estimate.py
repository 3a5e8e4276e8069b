"""The pure test, on cases computed by hand and by another way."""

import math
from random import Random

import pytest

from exams.level_test import (
    CENTRES,
    ITEMS_MAX,
    ITEMS_MIN,
    LEVELS,
    OPTIONS,
    SHARES,
    SLOPE,
    Answered,
    Bank,
    Item,
    Kind,
    Outcome,
    estimate,
    is_over,
    next_item,
)

KINDS = [*[Kind.VOCABULARY] * 9, *[Kind.GRAMMAR] * 7, *[Kind.READING] * 4]
BANK = Bank(
    [
        Item(20 * level + number, kind, centre)
        for level, centre in enumerate(CENTRES)
        for number, kind in enumerate(KINDS)
    ]
)


def _answers(*outcomes: tuple[float, Outcome]) -> list[Answered]:
    return [
        Answered(Item(number, Kind.GRAMMAR, difficulty), outcome)
        for number, (difficulty, outcome) in enumerate(outcomes)
    ]


def _by_sums(answers: list[Answered]) -> tuple[float, float]:
    """The same estimate by plain sums: mean and standard deviation of the posterior."""
    honesty = {0.0: 0.4, 0.25: 0.15, 0.5: 0.15, 0.75: 0.15, 0.95: 0.15}
    weights: dict[float, float] = {}
    for step in range(81):
        ability = -4 + step / 10
        for honest, prior in honesty.items():
            chance = prior * math.exp(-0.5 * (ability / 2) ** 2)
            for answer in answers:
                slope = SLOPE / math.sqrt(1 + (SLOPE * answer.item.error / 1.702) ** 2)
                knows = 1 / (1 + math.exp(-slope * (ability - answer.item.difficulty)))
                guessed = (1 - honest) / OPTIONS
                chance *= {
                    Outcome.RIGHT: knows + (1 - knows) * guessed,
                    Outcome.WRONG: (1 - knows) * (1 - honest) * (OPTIONS - 1) / OPTIONS,
                    Outcome.UNKNOWN: (1 - knows) * honest,
                }[answer.outcome]
            weights[ability] = weights.get(ability, 0) + chance
    whole = sum(weights.values())
    mean = sum(ability * weight for ability, weight in weights.items()) / whole
    variance = sum((ability - mean) ** 2 * weight for ability, weight in weights.items()) / whole
    return mean, math.sqrt(variance)


@pytest.mark.parametrize(
    "outcomes",
    [
        [],
        [(0.5, Outcome.RIGHT)],
        [(-0.5, Outcome.WRONG), (-1.5, Outcome.RIGHT)],
        [(-0.5, Outcome.UNKNOWN), (-1.5, Outcome.UNKNOWN), (-2.5, Outcome.RIGHT)],
        [(1.5, Outcome.RIGHT), (2.5, Outcome.WRONG), (2.5, Outcome.UNKNOWN)] * 4,
    ],
)
def test_the_estimate_is_what_plain_sums_give(outcomes: list[tuple[float, Outcome]]) -> None:
    answers = _answers(*outcomes)
    found = estimate(answers)
    assert (found.ability, found.standard_error) == pytest.approx(_by_sums(answers))
    assert sum(found.probabilities) == pytest.approx(1)


def test_without_answers_all_is_even() -> None:
    found = estimate([])
    assert found.ability == pytest.approx(0)
    assert found.probabilities == pytest.approx(found.probabilities[::-1])
    assert not found.is_certain


def test_levels_lie_between_the_cuts() -> None:
    for level, centre in zip(LEVELS, CENTRES, strict=True):
        both = [(centre - 1.5, Outcome.RIGHT), (centre + 1.5, Outcome.UNKNOWN)] * 30
        found = estimate(_answers(*both))
        assert found.level == level
        assert abs(found.ability - centre) < 0.5


def test_a_right_answer_proves_less_of_somebody_who_guesses() -> None:
    def after(*others: Outcome) -> float:
        return estimate(_answers(*((2.5, each) for each in others), (0.5, Outcome.RIGHT))).ability

    owns_up, guesses = after(*[Outcome.UNKNOWN] * 6), after(*[Outcome.WRONG] * 6)
    assert owns_up > guesses
    assert estimate(_answers(*[(2.5, Outcome.UNKNOWN)] * 6)).honesty > 0.6
    assert estimate(_answers(*[(2.5, Outcome.WRONG)] * 6)).honesty < 0.3


def test_wrong_and_unknown_say_the_same_of_the_ability_where_nothing_else_is_known() -> None:
    wrong = estimate(_answers((0.5, Outcome.WRONG)))
    unknown = estimate(_answers((0.5, Outcome.UNKNOWN)))
    assert wrong.ability == pytest.approx(unknown.ability)


def test_an_item_known_badly_says_less() -> None:
    def after(error: float) -> float:
        item = Item(1, Kind.GRAMMAR, 0.5, error)
        return estimate([Answered(item, Outcome.RIGHT)]).ability

    assert after(0.1) > after(1.5) > 0


def test_it_ends_when_enough_is_known_and_never_before_the_least() -> None:
    easy = [(-2.5, Outcome.UNKNOWN)] * ITEMS_MAX
    for count in range(ITEMS_MAX + 1):
        answers = _answers(*easy[:count])
        found = estimate(answers)
        expected = count >= ITEMS_MIN and (found.is_certain or count == ITEMS_MAX)
        assert is_over(answers, found) is expected
    assert estimate(_answers(*easy[:ITEMS_MIN])).is_certain


def _asked(ability: float, random: Random, seen: set[int]) -> list[Item]:
    answers: list[Answered] = []
    for _ in range(20):
        found = estimate(answers)
        item = next_item(BANK, answers, found, seen=seen, random=random)
        assert item
        outcome = Outcome.RIGHT if item.difficulty < ability else Outcome.UNKNOWN
        answers.append(Answered(item, outcome))
    return [answer.item for answer in answers]


@pytest.mark.parametrize("ability", [-3.0, 0.0, 3.0])
def test_kinds_are_asked_by_their_shares_and_no_item_twice(ability: float) -> None:
    asked = _asked(ability, Random(1), set())
    assert len({item.id for item in asked}) == 20
    for kind, share in SHARES.items():
        assert abs(sum(item.kind == kind for item in asked) - 20 * share) <= 1


def test_it_asks_where_the_learner_is() -> None:
    assert max(item.difficulty for item in _asked(-3.0, Random(2), set())[8:]) <= -1.5
    assert min(item.difficulty for item in _asked(3.0, Random(2), set())[8:]) >= 1.5


def test_items_seen_before_come_last() -> None:
    first = {item.id for item in _asked(0.0, Random(3), set())}
    assert not first & {item.id for item in _asked(0.0, Random(4), first)}
    every = {item.id for item in BANK.items}
    assert len(_asked(0.0, Random(5), every)) == 20


def test_one_of_the_best_is_asked_by_chance() -> None:
    found = estimate([])
    asked = {next_item(BANK, [], found, random=Random(seed)) for seed in range(60)}
    assert {item.difficulty for item in asked if item} == {-0.5}  # a guess spoils harder ones
    assert len(asked) == KINDS.count(Kind.VOCABULARY)


def test_an_empty_bank_has_no_item() -> None:
    assert next_item(Bank([]), [], estimate([]), random=Random(1)) is None
