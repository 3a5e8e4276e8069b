"""From lines to words."""

import pytest

from ocr.lemmas import lemma_of
from ocr.words import FoundWord, LineText, words_of


def _words(*lines: str) -> dict[str, FoundWord]:
    found = words_of([LineText(position, text) for position, text in enumerate(lines)])
    return {word.lemma: word for word in found}


def test_the_forms_of_a_lemma_are_one_word() -> None:
    observe = _words("She observed the sea.", "To observe is to learn; observed twice.")["observe"]
    assert observe.forms == ("observed", "observe")
    assert observe.occurrence_count == 3
    assert (observe.line_position, observe.sentence) == (0, "She observed the sea.")


def test_a_sentence_runs_over_lines_and_ends_at_its_full_stop() -> None:
    found = _words("Mr. Kim was reluctant to leave the old", "house. Then he moved.")
    assert found["reluctant"].sentence == "Mr. Kim was reluctant to leave the old house."
    assert (found["house"].line_position, found["move"].sentence) == (1, "Then he moved.")


@pytest.mark.parametrize(
    ("first", "second", "lemma"),
    [
        ("The man is stub-", "born enough.", "stubborn"),
        ("The place is well-", "known by now.", "well-known"),
        ("THE ENVIRON-", "MENT OF A CITY", "environment"),
        ("They should co-", "operate more.", "co-operate"),
        ("They were appar\u2010", "ently late.", "apparently"),
    ],
)
def test_a_word_broken_at_a_lines_end_is_whole(first: str, second: str, lemma: str) -> None:
    word = _words("This is a line of the usual length", first, second)[lemma]
    assert word.line_position == 1
    assert "- " not in word.sentence


def test_a_short_line_ends_a_paragraph() -> None:
    found = _words("The Garden", "Nobody believed that anything could grow", "there at all.")
    assert found["believe"].sentence == "Nobody believed that anything could grow there at all."
    assert found["garden"].sentence == "The Garden"


def test_a_paragraphs_start_ends_the_sentence_before() -> None:
    lines = [
        LineText(0, "tools for gardens"),
        LineText(1, "a spade is used", starts_paragraph=True),
    ]
    assert {word.sentence for word in words_of(lines)} == {line.text for line in lines}


def test_a_finished_sentence_is_preferred_to_a_title() -> None:
    found = _words("The Old Garden", "Clara looked at her garden from the window and smiled.")
    assert found["garden"].line_position == 1
    assert found["garden"].occurrence_count == 2


def test_contractions_count_for_their_first_word() -> None:
    found = _words("It isn't the man\u2019s; we can't and won't go, they'll see.")
    assert {"it", "be", "the", "man", "we", "can", "will", "go", "they", "see"} <= found.keys()
    assert found["man"].forms == ("man\u2019s",)


def test_numbers_addresses_and_junk_are_no_words() -> None:
    found = _words("3rd 1984 B2 x www.example.com a@b.org http://c.de/read tlie qwzrt nth word")
    assert found.keys() == {"word"}


def test_other_scripts_are_left_alone() -> None:
    assert _words("abandon 버리다, 포기하다").keys() == {"abandon"}


def test_a_name_keeps_its_capital_and_has_no_level() -> None:
    found = _words("Clara arrived in June and liked the island.")
    assert (found["Clara"].level, found["island"].level) == ("", "A1")


def test_a_page_without_full_stops_gives_the_line_as_the_sentence() -> None:
    lines = [f"the island and the garden number {'x' * 20} are here" for _ in range(30)]
    assert _words(*lines)["island"].sentence == lines[0]


@pytest.mark.parametrize("lines", [[], [""], ["   ", "\n"], ["- - -", "123"]])
def test_nothing_to_read_gives_no_words(lines: list[str]) -> None:
    assert _words(*lines) == {}


def test_a_very_long_token_is_no_word() -> None:
    assert _words("-".join(["the"] * 30)) == {}


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("children", "child"), ("went", "go"), ("playing", "play"), ("wives", "wife"),
        ("labelled", "label"), ("spade", "spade"), ("spades", "spade"), ("gone", "go"),
        ("excited", "excited"), ("fixed", "fix"), ("june", "June"), ("neighbours", "neighbour"),
    ],
)  # fmt: skip
def test_a_lemma_is_what_a_dictionary_lists(word: str, lemma: str) -> None:
    assert lemma_of(word) == lemma
