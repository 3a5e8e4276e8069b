"""How hard a text is: what is accepted, what is refused, what answers when the worker does not."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django_redis import get_redis_connection

from config.ai import breaker, cefr_texts, cefr_waiting, store
from config.ai.breaker import FAILURES
from config.ai.cefr import LEVELS
from config.ai.cefr_texts import (
    CHARACTERS_MAX,
    NotEnglish,
    TextTooLong,
    passages,
    plain_text,
    text_level,
)
from tests.client import ApiClient

TEXT = "The committee postponed its decision because nobody had read the report."
ADDRESS = "/levels/"
SURE = (0.0, 0.0, 0.1, 0.7, 0.2, 0.0)
REFUSED = {
    "": "not_english",
    " \n\t ": "not_english",
    "🙂🙂🎉": "not_english",
    "12 % + 3": "not_english",
    "안녕하세요. 저는 민호입니다.": "not_english",
    "오늘 우리는 새로운 단어 word 를 배웠습니다": "not_english",
    "word " * 20_000: "text_too_long",
}


@pytest.fixture(autouse=True)
def own_breaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cefr_texts, "BREAKER", f"cefr-{uuid4().hex}")
    yield
    store.ask(lambda redis: redis.srem(breaker.NAMES, cefr_texts.BREAKER))


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no worker: do not wait long for it."""
    monkeypatch.setattr(cefr_texts, "PATIENCE_SECONDS", 0.05)


@pytest.mark.parametrize(("text", "code"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_cannot_be_graded_is_refused_over_http(api: ApiClient, text: str, code: str) -> None:
    response = api.post(ADDRESS, {"text": text})
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert response.json()["errors"][0]["field"] == "text"


@pytest.mark.parametrize("body", [{}, {"text": None}, {"text": ["a"]}, {"text": "a\0b"}, [], "a"])
def test_what_is_no_text_is_refused_over_http(api: ApiClient, body: Any) -> None:
    assert api.post(ADDRESS, body).status_code == 400


@pytest.mark.usefixtures("no_patience")
@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Hi",
        "🙂 Hello 안녕",
        "naïve café " * 100,
        "a" * CHARACTERS_MAX,
        "No. " * 5000,
        "x\u0301 y",
    ],
    ids=range(7),
)
def test_without_a_worker_the_lexical_model_answers_over_http(api: ApiClient, text: str) -> None:
    response = api.post(ADDRESS, {"text": text})
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["by"] == "lexical"
    assert body["level"] == max(body["probabilities"], key=body["probabilities"].get)
    assert sum(body["probabilities"].values()) == pytest.approx(1, abs=0.01)


def test_a_text_is_graded_for_learners_only(anonymous: Any) -> None:
    assert anonymous.post("/api/v1/levels/", {"text": TEXT}, "application/json").status_code == 401


@pytest.mark.usefixtures("no_patience")
def test_a_lone_surrogate_is_no_fault() -> None:
    assert text_level("A lonely \ud83d surrogate.").level in LEVELS


@pytest.mark.usefixtures("no_patience")
def test_what_was_answered_late_is_known_next_time_and_other_spacing_is_the_same_text() -> None:
    assert text_level(TEXT).by == "lexical"
    (waiting,) = cefr_waiting.take()
    cefr_waiting.answer([waiting], [SURE])
    found = text_level(f"  {TEXT.replace(' ', '  ')}\n")
    assert (found.level, found.by, found.distribution) == ("B2", "classifier", SURE)


@pytest.mark.usefixtures("no_patience")
def test_a_failure_of_the_worker_is_told_and_not_kept() -> None:
    assert text_level(TEXT).by == "lexical"
    (waiting,) = cefr_waiting.take()
    cefr_waiting.answer([waiting], [()])
    assert cefr_waiting.reply_to(waiting, 0.05) is None
    assert cefr_waiting.answered(waiting.key) is None


@pytest.mark.usefixtures("no_patience")
def test_a_worker_that_does_not_answer_is_left_alone_for_a_while() -> None:
    for number in range(FAILURES):
        assert text_level(f"{TEXT} {number}").by == "lexical"
    while cefr_waiting.take():
        pass
    assert text_level(TEXT).by == "lexical"
    assert not cefr_waiting.take(), "nobody was asked"
    cefr_waiting.answer([cefr_waiting.Waiting(cefr_waiting.key_of(TEXT), "late", TEXT)], [SURE])
    assert text_level(TEXT).by == "classifier", "what is known needs no worker"


def test_another_models_answer_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    key = cefr_waiting.key_of(TEXT)
    assert cefr_waiting.key_of(TEXT) == key
    monkeypatch.setenv("CEFR_MODEL", "/another/folder")
    assert cefr_waiting.key_of(TEXT) != key


def test_texts_are_taken_in_batches_once_each_in_order() -> None:
    texts = [f"Sentence number {number}." for number in range(cefr_waiting.BATCH + 3)]
    for text in texts:
        assert cefr_waiting.put(cefr_waiting.key_of(text), text)
    first, second, third = cefr_waiting.take(), cefr_waiting.take(), cefr_waiting.take()
    assert [waiting.text for waiting in first + second] == texts
    assert (len(first), third) == (cefr_waiting.BATCH, [])


def test_when_too_many_wait_the_next_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cefr_waiting, "WAITING_MAX", 1)
    assert cefr_waiting.put("key", "One text waits.")
    assert cefr_waiting.put("key", "Another does not.") is None
    assert text_level("Another does not, and is told at once.").by == "lexical"
    assert len(cefr_waiting.take()) == 1


def test_a_waiting_text_does_not_stay() -> None:
    waiting = cefr_waiting.put("key", "A text.")
    assert waiting
    left = get_redis_connection("default").ttl(cefr_waiting._key("waiting"))
    assert 0 < left <= cefr_waiting.WAITING_SECONDS
    assert "A text." not in json.dumps([waiting.key, waiting.reply])


def test_without_redis_the_lexical_model_answers(settings: Any) -> None:
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert text_level(TEXT).by == "lexical"


def test_a_text_has_passages_of_three_sentences_and_a_long_one_a_few() -> None:
    sentences = [f"Number {number} is here." for number in range(100)]
    assert passages(" ".join(sentences[:5])) == [" ".join(sentences[:3]), " ".join(sentences[3:5])]
    spread = passages(" ".join(sentences))
    assert len(spread) == cefr_texts.PASSAGES_MAX
    assert spread[0].startswith("Number 0 ")
    assert "Number 87 " in spread[-1]


def test_a_text_is_refused_by_name() -> None:
    with pytest.raises(NotEnglish):
        plain_text("")
    with pytest.raises(TextTooLong, match="20,001"):
        plain_text("a" * 20_001)
