"""The client of the model servers: who is asked, and what becomes of trouble."""

from collections import Counter
from contextlib import ExitStack
from typing import Any

from prometheus_client import REGISTRY

from config.ai import store
from config.ai.breaker import breaker
from ocr import model_client, places
from ocr.model_client import Failure, Reading
from ocr.options import ReadingOptions
from tests.ocr_server import Answer, fake_model_server, fake_reading

AWAY = "http://127.0.0.1:9"  # nobody listens


def ask() -> Reading | Failure:
    return model_client.predict(b"a page", ReadingOptions())


def test_the_server_with_least_to_do_is_asked() -> None:
    with ExitStack() as stack:

        def take() -> str:
            return stack.enter_context(places.least_used("test", ["a", "b", "c"], seconds=30))

        assert Counter(take() for _ in range(6)) == {"a": 2, "b": 2, "c": 2}
        with places.least_used("test", ["a", "b", "c"], seconds=30) as name:
            others = {take(), take()}
            assert name not in others
        assert take() == name  # given back, so it holds least


def test_a_server_that_is_away_is_passed_over_then_asked_last(settings: Any) -> None:
    asked: list[bytes] = []

    def answer(body: bytes) -> Answer:
        asked.append(body)
        return fake_reading("Unit 7")

    with fake_model_server(answer) as url:
        settings.OCR_MODEL_SERVER_URL = f"{AWAY},{url}"
        readings = [ask() for _ in range(40)]  # which of two is asked first is chance
        assert model_client.health() == "fake; 1 away"
    assert [type(reading) for reading in readings] == [Reading] * 40
    assert len(asked) == 40
    assert set(model_client._set_aside) == {AWAY}


def test_a_busy_server_is_passed_over_at_once(settings: Any) -> None:
    busy: Answer = (503, {"status": "failed", "code": "unavailable", "detail": "x"})
    with (
        fake_model_server(lambda _: busy) as one,
        fake_model_server(lambda _: fake_reading("Unit 7")) as other,
    ):
        settings.OCR_MODEL_SERVER_URL = f"{one},{other}"
        assert all(isinstance(ask(), Reading) for _ in range(6))


def test_a_refused_page_is_not_shown_to_the_others(settings: Any) -> None:
    asked: list[bytes] = []

    def refuse(body: bytes) -> Answer:
        asked.append(body)
        return 422, {"status": "failed", "code": "damaged_image", "detail": "Damaged."}

    with fake_model_server(refuse) as one, fake_model_server(refuse) as other:
        settings.OCR_MODEL_SERVER_URL = f"{one},{other}"
        assert ask() == Failure("damaged_image", "Damaged.", is_permanent=True)
    assert len(asked) == 1


def test_without_any_server_there_is_a_reason_and_no_exception(settings: Any) -> None:
    settings.OCR_MODEL_SERVER_URL = f"{AWAY},http://127.0.0.1:10"
    outcome = ask()
    assert isinstance(outcome, Failure)
    assert (outcome.code, outcome.is_permanent) == ("model_server_unavailable", False)


def test_after_five_failures_nobody_is_asked_until_one_try_succeeds(settings: Any) -> None:
    settings.OCR_MODEL_SERVER_URL = AWAY
    opened = _opened()
    for _ in range(5):
        ask()
    guard = breaker(model_client.BREAKER)
    assert (guard.state, _opened()) == ("open", opened + 1)
    asked: list[bytes] = []

    def answer(body: bytes) -> Answer:
        asked.append(body)
        return fake_reading("Unit 7")

    with fake_model_server(answer) as url:
        settings.OCR_MODEL_SERVER_URL = url
        assert isinstance(ask(), Failure)
        assert asked == []
        store.ask(lambda redis: redis.hset(f"breaker:{model_client.BREAKER}", "retry_ms", 0))
        assert isinstance(ask(), Reading)
    assert guard.state == "closed"


def _opened() -> float:
    name = {"breaker": model_client.BREAKER}
    return REGISTRY.get_sample_value("breaker_opened_total", name) or 0.0
