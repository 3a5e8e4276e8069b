"""How hard a text is, by its words alone."""

import pytest

from config.ai.cefr import LEVELS
from config.ai.cefr_lexical import features, lexical_distribution, sentences_of, words_of

EASY = "This is my dog. He is very happy."
HARD = (
    "The unprecedented proliferation of ostensibly autonomous institutions has, notwithstanding "
    "vociferous opposition, irrevocably undermined parliamentary sovereignty."
)


def _level(text: str) -> str:
    found = lexical_distribution(text)
    return LEVELS[found.index(max(found))]


def test_an_easy_text_is_easier_than_a_hard_one() -> None:
    assert _level(EASY) in {"A1", "A2"}
    assert _level(HARD) in {"C1", "C2"}


@pytest.mark.parametrize(
    "text", [EASY, HARD, "a", "Zxqv", "don\u2019t", "Ünïcödé " * 500, "word. " * 999]
)
def test_every_text_with_a_word_has_a_distribution(text: str) -> None:
    found = lexical_distribution(text)
    assert len(found) == len(LEVELS)
    assert sum(found) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in found)


def test_there_are_22_features() -> None:
    assert len(features(HARD)) == 22


@pytest.mark.parametrize("text", ["", "   ", "12 %", "안녕하세요", "🙂🙂"])
def test_a_text_without_a_latin_word_has_no_features(text: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        features(text)


def test_sentences_end_at_a_mark_before_a_capital_and_not_inside_numbers() -> None:
    text = (
        "It cost £3.50 in 2012. \u201cToo much,\u201d he said! (Nobody knew why.) Was it e.g. gold?"
    )
    assert [words_of(sentence)[0] for sentence in sentences_of(text)] == [
        "It", "Too", "Nobody", "Was",
    ]  # fmt: skip
