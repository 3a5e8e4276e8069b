"""The validator: planted faults are found, good questions pass; both sets are files."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.ai.cefr import LEVELS
from config.identifiers import new_public_id
from exams.drafts import Around, card_of, cloze_of, multiple_choice
from exams.generation import Rejects, from_templates
from exams.grading import normal
from exams.phrases import blanked, masked, places
from exams.validation import CHECK_NAMES, Deck, Item, Kind, faults

FOLDER = Path(__file__).parent
CAUGHT_MIN = 98
_WORDS = ["apple", "Apples", "an", "the", "___", "a", "to run", "ran", "bank", "caf\u00e9", "."]
_TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(_WORDS), max_size=8).map(" ".join),
    st.sampled_from(["noun: a fruit\nverb: x", "I ate an apple today.", "He ran to the bank."]),
)


def _rows(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _item(row: dict[str, Any]) -> Item:
    fields: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in row.items()
    }
    fields["kind"] = Kind(row["kind"])
    return Item(**fields)


def _deck(row: dict[str, Any]) -> Deck:
    return {
        normal(word): frozenset(map(normal, meanings))
        for word, meanings in row.get("deck", {}).items()
    }


def test_of_a_hundred_planted_faults_hardly_any_is_missed() -> None:
    rows = _rows("planted_faults.jsonl")
    assert len(rows) == 100
    missed = [row["fault"] for row in rows if not faults(_item(row["item"]), _deck(row))]
    assert len(rows) - len(missed) >= CAUGHT_MIN, missed


def test_a_hundred_good_questions_raise_no_false_alarm() -> None:
    rows = _rows("good_items.jsonl")
    assert len(rows) == 100
    assert [(found, row) for row in rows if (found := faults(_item(row), {}))] == []


@pytest.mark.parametrize(
    ("sentence", "word", "found"),
    [
        ("She had an apple for lunch.", "apple", ("She had a(n) ___ for lunch.", "apple")),
        ("He gave up in the end.", "to give up", ("He ___ in the end.", "gave up")),
        ("The leaves are falling.", "leaf", ("The ___ are falling.", "leaves")),
        ("An apple is an apple.", "apple", None),
        ("He likes pears.", "apple", None),
        ("It was ___ already with an apple.", "apple", None),
    ],
)
def test_a_word_is_blanked_where_it_stands_once(
    sentence: str, word: str, found: tuple[str, str] | None
) -> None:
    assert blanked(sentence, word) == found


def test_a_meaning_does_not_name_the_word() -> None:
    assert masked("Apples: an apple is a round fruit", "apple") == "…: an … is a round fruit"
    assert places("nothing here", "apple") == []


def test_another_form_in_the_sentence_is_typed_and_its_own_form_chosen() -> None:
    words = ("apple", "carrot", "onion", "biscuit", "lemon")
    cards = [
        card_of(id=new_public_id(), front=word, back=f"food {n}", gloss="", example="")
        for n, word in enumerate(words)
    ]
    around, random = Around(cards), Random(7)
    own = cloze_of(cards[0], "I eat one apple every day.", around, random)
    other = cloze_of(cards[0], "I eat two apples every day.", around, random)
    assert own
    assert other
    assert (len(own.options), own.accepted) == (4, ())
    assert (other.options, other.accepted) == ((), ("apples",))
    assert faults(own, around.deck) == faults(other, around.deck) == []


def test_wrong_options_never_mean_what_is_asked() -> None:
    cards = [
        card_of(id=new_public_id(), front=word, back=back, gloss="", example="")
        for word, back in [("big", "of great size"), ("large", "of great size"), ("red", "colour")]
    ]
    around = Around(cards, {"A1": [("cat", ""), ("dog", ""), ("bird", "")]})
    for seed in range(20):
        item = multiple_choice(cards[0], around, Random(seed))
        assert item
        assert "large" not in item.options
        assert faults(item, around.deck) == []


def test_wrong_options_are_of_the_same_part_of_speech_where_there_are_such() -> None:
    words = [("walk", "verb"), ("jump", "verb"), ("cook", "verb"), ("cat", "noun"), ("red", "")]
    card = card_of(id=new_public_id(), front="swim", back="verb: to move in water", gloss="",
                   example="")  # fmt: skip
    around = Around([card], dict.fromkeys(LEVELS, words))
    for seed in range(20):
        item = multiple_choice(card, around, Random(seed))
        assert item
        assert {*item.options} == {"swim", "walk", "jump", "cook"}


@given(
    st.lists(st.tuples(_TEXTS, _TEXTS, _TEXTS), min_size=1, max_size=12),
    st.integers(min_value=0, max_value=99),
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_on_the_cards_no_faulty_question_is_made(
    texts: list[tuple[str, str, str]], seed: int
) -> None:
    cards = [
        card_of(id=new_public_id(), front=front, back=back, gloss="", example=example)
        for front, back, example in texts
    ]
    around = Around(cards, {"B1": [("cat", "noun"), ("dog", "noun"), ("run", "verb")]})
    made = from_templates(
        cards, around, kinds=list(Kind), size=20, random=Random(seed), rejects=Rejects()
    )
    assert [faults(each.item, around.deck) for each in made] == [[]] * len(made)


def test_every_check_has_a_name() -> None:
    assert len(set(CHECK_NAMES)) == len(CHECK_NAMES) == 10
