"""Typed answers are graded as a teacher would: labelled pairs, and what holds for any text."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams.grading import Verdict, grade, normal

ROWS = (Path(__file__).parent / "graded_pairs.txt").read_text(encoding="utf-8").splitlines()
PAIRS = [row.split("|") for row in ROWS if not row.startswith("#")]
AGREEMENT = 0.97


def _verdict(answer: str, *accepted: str) -> str:
    return grade(answer, accepted).verdict.name.lower()


def test_verdicts_are_a_teachers() -> None:
    differing = [pair for pair in PAIRS if _verdict(pair[1], pair[0]) != pair[2]]
    assert len(PAIRS) >= 300
    assert min(Counter(label for *_, label in PAIRS).values()) >= 60
    assert 1 - len(differing) / len(PAIRS) >= AGREEMENT, differing


def test_what_is_wrong_is_never_taken_for_right_nor_the_other_way_round() -> None:
    taken = {(label, _verdict(answer, expected)) for expected, answer, label in PAIRS}
    assert not taken & {
        ("wrong", "right"),
        ("right", "wrong"),
        ("wrong", "typo"),
        ("form", "right"),
    }


def test_the_best_of_several_accepted_answers_counts() -> None:
    assert grade("cars", ["automobile", "car"]) == grade("cars", ["car"])
    assert grade("automobile", ["car", "automobile"]).matched == "automobile"
    assert grade("nothing", ["car", "automobile"]).matched == "car"


@pytest.mark.parametrize("mark", ["\u2019", "\u2018", "\u02bc", "`", "\u00b4"])
def test_every_apostrophe_is_one(mark: str) -> None:
    assert _verdict(f"don{mark}t", "don't") == "right"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_any_text_has_a_verdict(answer: str, expected: str) -> None:
    assert grade(answer, [expected]).verdict in set(Verdict)
    assert normal(normal(answer)) == normal(answer)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abcdefghij \u00e9'-", min_size=1, max_size=30))
def test_an_answer_equals_itself_in_any_case_and_width(text: str) -> None:
    if normal(text):
        wide = "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in text)
        assert [_verdict(each, text) for each in (text, text.upper(), wide)] == ["right"] * 3
