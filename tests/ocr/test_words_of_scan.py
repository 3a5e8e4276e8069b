"""The words of a scan, as the learner chooses from them."""

from typing import Any

import pytest

from accounts.models import User
from accounts.queries.learners import Learner
from config.dictionary import Glosses
from ocr.queries import words as module
from ocr.queries.words import ScanWord, words_of_scan
from tests import make
from tests.ocr.scans import read_scan


@pytest.fixture(autouse=True)
def _small_gloss_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "glosses", lambda: Glosses({("ko", "wither"): "시들다"}))


def _words(owner: User, learner: Learner, *pages: dict[str, str]) -> dict[str, ScanWord]:
    found = words_of_scan(learner, read_scan(owner, *pages))
    return {word["lemma"]: word for word in found}


def test_a_lemma_on_two_pages_is_one_word(alice: User, learner: Learner) -> None:
    words = _words(alice, learner, {"garden": "A1", "observe": "B1"}, {"observe": "B1"})
    assert list(words) == ["garden", "observe"]
    observe = words["observe"]
    assert (observe["page"], observe["line"], observe["occurrence_count"]) == (1, 1, 2)
    assert observe["forms"] == ["observe", "observe1", "observe2"]


def test_it_tells_what_the_learner_has(alice: User, bob: User, learner: Learner) -> None:
    make.content(alice, front="Observe")
    make.content(bob, front="garden")
    words = _words(alice, learner, {"observe": "B1", "garden": "A1"})
    assert (words["observe"]["in_collection"], words["garden"]["in_collection"]) == (True, False)


def test_a_name_in_the_collection_is_recognised(alice: User, learner: Learner) -> None:
    make.content(alice, front="june")
    assert _words(alice, learner, {"June": ""})["June"]["in_collection"]


def test_glosses_typed_before_come_before_the_operators(alice: User, learner: Learner) -> None:
    make.content(alice, front="wither", gloss="말라 죽다")
    words = _words(alice, learner, {"wither": "B1", "garden": "A1"})
    assert words["wither"]["gloss_suggestions"] == ["말라 죽다", "시들다"]
    assert words["garden"]["gloss_suggestions"] == []


def test_levels_narrow_the_list(alice: User, learner: Learner) -> None:
    scan = read_scan(alice, {"garden": "A1", "observe": "B1", "Clara": ""})
    assert [word["lemma"] for word in words_of_scan(learner, scan, levels=("B1",))] == ["observe"]
    assert words_of_scan(learner, scan, levels=()) == []


@pytest.mark.parametrize("count", [1, 60])
def test_it_takes_three_queries_however_many_words(
    alice: User, learner: Learner, django_assert_num_queries: Any, count: int
) -> None:
    scan = read_scan(alice, {f"word{number}": "C1" for number in range(count)})
    with django_assert_num_queries(3):
        assert len(words_of_scan(learner, scan)) == count
