"""From a scan's words to cards, in one call."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.queries.learners import Learner
from config.dictionary import Dictionary, Entry, Glosses, Sense
from ocr.commands import cards as module
from ocr.commands.cards import WordsAbove, make_cards
from ocr.models import Scan, Word
from review.models import Category, Content, ReviewSchedule
from tests import make
from tests.client import ApiClient
from tests.ocr.scans import read_scan

PAGES = (
    {"reluctant": "B2", "observe": "B1", "house": "A1", "although": "B1"},
    {"observe": "B1", "wither": "B1", "Clara": ""},
)


class SmallDictionary:
    """Knows every word but "although"."""

    def look_up(self, lemma: str) -> Entry | None:
        """Return one made-up sense."""
        if lemma == "although":
            return None
        return Entry(lemma, (Sense("verb", f"meaning of {lemma}", (f"they {lemma}",)),))


@pytest.fixture(autouse=True)
def _small_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    known: Dictionary = SmallDictionary()
    monkeypatch.setattr(module, "dictionary", lambda: known)
    monkeypatch.setattr(module, "glosses", lambda: Glosses({("ko", "wither"): "시들다"}))


@pytest.fixture
def scan(alice: User) -> Scan:
    return read_scan(alice, *PAGES)


def _path(scan: Scan) -> str:
    return f"/scans/{scan.public_id}/cards/"


def _word(scan: Scan, lemma: str) -> Word:
    found = Word.objects.filter(page__scan=scan, lemma=lemma).order_by("id").first()
    assert found is not None
    return found


def _fronts(cards: list[dict[str, Any]]) -> list[str]:
    return [card["front"] for card in cards]


def test_everything_above_a_level_becomes_cards_once_a_lemma(api: ApiClient, scan: Scan) -> None:
    answer = api.post(_path(scan), {"above_level": "A2", "not_in_collection": True})
    assert answer.status_code == 201
    assert _fronts(answer.json()["created"]) == ["reluctant", "observe", "wither"]
    assert _fronts(answer.json()["drafts"]) == ["although"]
    assert Content.objects.count() == 4


def test_a_draft_is_not_scheduled_and_the_others_are_due(api: ApiClient, scan: Scan) -> None:
    api.post(_path(scan), {"above_level": "A2"})
    scheduled = ReviewSchedule.objects.filter(due_at__lte=timezone.now())
    assert set(scheduled.values_list("content__front", flat=True)) == {
        "reluctant", "observe", "wither",
    }  # fmt: skip


def test_a_card_tells_what_it_means_and_where_it_stood(api: ApiClient, scan: Scan) -> None:
    api.post(_path(scan), {"words": [{"id": str(_word(scan, "wither").public_id)}], "tags": ["p2"]})
    card = Content.objects.get()
    assert (card.back, card.gloss) == ("verb: meaning of wither", "시들다")
    assert (card.example, card.normal_form, card.tags) == ("wither stands here.", "wither", ["p2"])
    assert card.source == {
        "kind": "scan",
        "scan": str(scan.public_id),
        "page": 2,
        "line": 1,
        "polygon": [[0, 1], [9, 1], [9, 2], [0, 2]],
        "sentence": "wither stands here.",
        "level": "B1",
    }


def test_what_is_typed_goes_before_what_is_looked_up(api: ApiClient, scan: Scan) -> None:
    other = api.post("/categories/", {"name": "Mine"}).json()["id"]
    word = {"gloss": "시들어 죽다", "back": "to die", "category": other}
    api.post(_path(scan), {"words": [{"id": str(_word(scan, "wither").public_id), **word}]})
    card = Content.objects.select_related("category").get()
    assert (card.back, card.gloss, card.category.name) == ("to die", "시들어 죽다", "Mine")
    assert not Category.objects.filter(name="Scans").exists()


def test_a_typed_gloss_makes_a_card_of_a_word_without_definition(
    api: ApiClient, scan: Scan
) -> None:
    words = [{"id": str(_word(scan, "although").public_id), "gloss": "비록"}]
    answer = api.post(_path(scan), {"words": words}).json()
    assert (_fronts(answer["created"]), answer["drafts"]) == (["although"], [])


def test_without_a_category_cards_go_to_scans(api: ApiClient, scan: Scan) -> None:
    for lemma in ("wither", "observe"):
        api.post(_path(scan), {"words": [{"id": str(_word(scan, lemma).public_id)}]})
    assert list(Category.objects.values_list("name", flat=True)) == ["Scans"]


def test_the_second_time_every_word_is_skipped(api: ApiClient, scan: Scan) -> None:
    words = [{"id": str(_word(scan, lemma).public_id)} for lemma in ("wither", "house")]
    assert api.post(_path(scan), {"words": words}).status_code == 201
    again = api.post(_path(scan), {"words": words})
    assert again.status_code == 200
    assert again.json()["created"] == again.json()["drafts"] == []
    assert {word["lemma"] for word in again.json()["skipped"]} == {"wither", "house"}


@pytest.mark.parametrize(("left_out", "skipped"), [(True, []), (False, ["observe"])])
def test_a_word_in_the_collection_is_not_made_again(
    api: ApiClient, alice: User, scan: Scan, left_out: bool, skipped: list[str]
) -> None:
    make.content(alice, front="Observe")
    answer = api.post(_path(scan), {"above_level": "A2", "not_in_collection": left_out}).json()
    assert _fronts(answer["created"]) == ["reluctant", "wither"]
    assert [word["lemma"] for word in answer["skipped"]] == skipped


def test_another_learners_scan_word_or_category_is_as_absent_as_none(
    api: ApiClient, bobs_api: ApiClient, bob: User, scan: Scan
) -> None:
    word = {"id": str(_word(scan, "wither").public_id)}
    assert bobs_api.post(_path(scan), {"words": [word]}).status_code == 404
    bobs = read_scan(bob, {"wither": "B1"})
    assert bobs_api.post(_path(bobs), {"words": [word]}).status_code == 404
    theirs = str(make.category(bob).public_id)
    assert api.post(_path(scan), {"words": [word], "category": theirs}).status_code == 404
    assert api.post(f"/scans/{uuid4()}/cards/", {"words": [word]}).status_code == 404
    assert Content.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"words": []},
        {"words": [{}]},
        {"words": [{"id": "1"}]},
        {"words": [{"id": str(uuid4())}], "above_level": "A2"},
        {"above_level": "D1"},
        {"above_level": "A2", "tags": ["x" * 61]},
    ],
)
def test_a_body_that_says_neither_or_nonsense_is_refused(
    api: ApiClient, scan: Scan, body: dict[str, Any]
) -> None:
    assert api.post(_path(scan), body).status_code == 400


def test_the_number_of_queries_does_not_grow_with_the_words(
    learner: Learner, alice: User, scan: Scan
) -> None:
    large = read_scan(alice, {f"word{number}": "C1" for number in range(60)})
    make.category(alice, "Scans")
    counts = []
    for one in (scan, large):
        with CaptureQueriesContext(connection) as queries:
            selection = WordsAbove(level="A2")
            make_cards(
                learner=learner, scan_id=one.public_id, selection=selection, now=timezone.now()
            )
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12  # two pairs of them are savepoints


@pytest.mark.django_db(transaction=True)
def test_the_same_call_twice_at_once_makes_each_card_once(learner: Learner, scan: Scan) -> None:
    start = threading.Barrier(2)

    def call() -> None:
        start.wait()
        selection = WordsAbove(level="A2")
        make_cards(learner=learner, scan_id=scan.public_id, selection=selection, now=timezone.now())
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Content.objects.count() == 4
