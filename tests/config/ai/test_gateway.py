"""One door to the models: what a caller gets when all is well, and when nothing is."""

import asyncio
import threading
from contextlib import aclosing, suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from prometheus_client import REGISTRY
from pydantic import BaseModel

from config.ai import gateway, providers
from config.ai.calls import Fallback, Message, Source, Task
from config.errors import Exhausted, Invalid, Unavailable
from tests.llm_server import WORDS, Behaviour, fault_server

SENTENCE = "".join(WORDS)
QUESTION: list[Message] = [("system", "Explain."), ("user", "What is the canary of 7 for?")]
PATIENT = Task("test", try_seconds=30, total_seconds=90)
HASTY = Task("test", try_seconds=1, total_seconds=90)  # where the provider hangs


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "PAUSES_SECONDS", (0.0, 0.01, 0.01, 0.01))


def own_task(**options: Any) -> Task:
    """A task whose kept answers no other test has."""
    return Task(f"test-{uuid4().hex}", try_seconds=30, total_seconds=90, **options)


def ask(task: Task, learner: UUID, text: str = "What is it for?", about: str = "") -> Any:
    return gateway.ask(task, [("user", text)], learner=learner, about=about)


def test_a_whole_answer(provider: Behaviour, learner: UUID) -> None:
    answer = gateway.ask(PATIENT, QUESTION, learner=learner)
    assert (answer.text, answer.source, answer.is_cached) == (SENTENCE, Source.MODEL, False)
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (8, 6)
    (seen,) = provider.seen
    assert [(m["role"], m["content"]) for m in seen["messages"]] == QUESTION
    assert seen["max_completion_tokens"] == PATIENT.max_output_tokens


class Verdict(BaseModel):
    word: str
    level: int


def test_an_answer_in_a_shape(provider: Behaviour, learner: UUID) -> None:
    answer = gateway.ask(PATIENT, QUESTION, learner=learner, shape=Verdict)
    assert answer.value == Verdict(word="do", level=1)


def test_an_answer_in_another_shape_is_asked_again_and_not_the_providers_fault(
    provider: Behaviour, learner: UUID
) -> None:
    class Other(BaseModel):
        sentence: str

    for _ in range(2):
        with pytest.raises(Unavailable):
            gateway.ask(PATIENT, QUESTION, learner=learner, shape=Other)
    assert len(provider.seen) == 2 * len(gateway.PAUSES_SECONDS)
    assert providers.configured()[0].breaker.state == "closed"


def test_an_answer_in_pieces(provider: Behaviour, learner: UUID) -> None:
    pieces = list(gateway.stream(PATIENT, QUESTION, learner=learner))
    assert [piece.text for piece in pieces] == list(WORDS)
    assert not any(piece.is_cached for piece in pieces)


@pytest.mark.anyio
async def test_from_asynchronous_code(provider: Behaviour, learner: UUID) -> None:
    answer = await gateway.aask(PATIENT, QUESTION, learner=learner)
    async with aclosing(gateway.astream(PATIENT, QUESTION, learner=learner)) as stream:
        assert "".join([piece.text async for piece in stream]) == answer.text


@pytest.mark.parametrize("fault", ["cut", "429", "500", "malformed", "hang", "empty", "reset"])
def test_a_fault_is_tried_again(provider: Behaviour, learner: UUID, fault: str) -> None:
    provider.fault = lambda number: "" if number in {1, 3} else fault
    task = HASTY if fault == "hang" else PATIENT
    assert gateway.ask(task, QUESTION, learner=learner).text == SENTENCE
    if fault == "cut":
        return  # a stream's first piece has gone out by then
    pieces = list(gateway.stream(task, QUESTION, learner=learner))
    assert "".join(piece.text for piece in pieces) == SENTENCE
    assert len(provider.seen) == 4


def test_slow_is_no_fault(provider: Behaviour, learner: UUID) -> None:
    provider.fault, provider.seconds = lambda _: "slow", 1.5
    assert len(list(gateway.stream(HASTY, QUESTION, learner=learner))) == len(WORDS)
    assert len(provider.seen) == 1


def test_after_the_first_piece_nothing_is_tried_again(provider: Behaviour, learner: UUID) -> None:
    provider.fault = lambda _: "cut"
    pieces = gateway.stream(PATIENT, QUESTION, learner=learner)
    assert [next(pieces).text for _ in range(3)] == list(WORDS[:3])
    with pytest.raises(gateway.CutShort):
        next(pieces)
    assert len(provider.seen) == 1


def test_a_question_the_provider_refuses_is_not_repeated(
    provider: Behaviour, learner: UUID
) -> None:
    provider.fault = lambda _: "refuse"
    for _ in range(6):
        with pytest.raises(Unavailable):
            gateway.ask(PATIENT, QUESTION, learner=learner)
    assert len(provider.seen) == 6
    assert providers.configured()[0].breaker.state == "closed"


def test_the_second_provider_answers_for_the_first(
    provider: Behaviour, learner: UUID, settings: Any
) -> None:
    provider.fault = lambda _: "500"
    with fault_server() as second:
        settings.LLM_BASE_URL = f"{provider.url},{second.url}"
        for _ in range(7):
            assert gateway.ask(PATIENT, QUESTION, learner=learner).text == SENTENCE
        assert len(provider.seen) == 5  # then its breaker is open
        assert len(second.seen) == 7
        for one in providers.configured():
            one.breaker.reset()


@pytest.mark.asvs("16.5.2", "a breaker before each model; kept answers and templates stand in")
def test_a_provider_that_stays_away_is_left_alone(provider: Behaviour, learner: UUID) -> None:
    provider.fault = lambda _: "500"
    task = own_task(template="No example of {about} now.")
    answers = [ask(task, learner, about="canary") for _ in range(4)]
    assert len(provider.seen) == 5
    assert {(a.text, a.source, a.is_cached) for a in answers} == {
        ("No example of canary now.", Source.TEMPLATE, True)
    }


def test_the_kept_answer_stands_in(provider: Behaviour, learner: UUID) -> None:
    task = own_task(fallback=Fallback.SAME)
    ask(task, learner)
    provider.fault = lambda _: "500"
    answer = ask(task, learner)
    assert (answer.text, answer.source) == (SENTENCE, Source.SAME)
    (piece,) = gateway.stream(task, [("user", "What is it for?")], learner=learner)
    assert (piece.text, piece.is_cached) == (SENTENCE, True)
    with pytest.raises(Unavailable):
        ask(task, learner, "What is another thing for?")


def test_a_similar_question_about_the_same_word_will_do(provider: Behaviour, learner: UUID) -> None:
    task = own_task(fallback=Fallback.SIMILAR, is_shared=True)
    ask(task, learner, "Explain the word canary, in short", about="canary")
    provider.fault = lambda _: "500"
    near = ask(task, learner, "Explain the word canary, please, in short", about="Canary")
    assert near.source is Source.SIMILAR
    for text, about in [("Explain the word canary, in short!", "finch"), ("Rhyme", "canary")]:
        with pytest.raises(Unavailable):
            ask(task, learner, text, about=about)


@pytest.mark.parametrize("fallback", [Fallback.SAME, Fallback.SIMILAR])
@pytest.mark.asvs("LLM 1", "kept by learner")
def test_nobody_gets_what_was_kept_of_another(
    provider: Behaviour, learner: UUID, fallback: Fallback
) -> None:
    provider.words = ("canary",)
    task = own_task(fallback=fallback)
    ask(task, learner, about="bird")
    provider.fault = lambda _: "500"
    assert ask(task, learner, about="bird").text == "canary"
    for other in (uuid4(), None):
        with pytest.raises(Unavailable):
            gateway.ask(task, [("user", "What is it for?")], learner=other, about="bird")


@pytest.mark.asvs("LLM 1", "shared by tasks that say so: a word's explanation, an example")
def test_a_shared_task_serves_everybody(provider: Behaviour, learner: UUID) -> None:
    task = own_task(fallback=Fallback.SAME, is_shared=True)
    ask(task, learner)
    provider.fault = lambda _: "500"
    assert ask(task, uuid4()).source is Source.SAME


def test_what_is_kept_of_a_learner_can_be_removed(provider: Behaviour, learner: UUID) -> None:
    from config.ai import fallback

    task = own_task(fallback=Fallback.SIMILAR)
    ask(task, learner, about="bird")
    fallback.forget(learner)
    provider.fault = lambda _: "500"
    with pytest.raises(Unavailable):
        ask(task, learner, about="bird")


def test_without_a_provider_there_is_a_clear_refusal(settings: Any, learner: UUID) -> None:
    settings.LLM_BASE_URL = ""
    with pytest.raises(Unavailable):
        gateway.ask(PATIENT, QUESTION, learner=learner)


def test_without_redis_it_answers_all_the_same(
    provider: Behaviour, learner: UUID, settings: Any
) -> None:
    real, settings.REDIS_URL = settings.REDIS_URL, "unix:///nowhere/valkey.sock"
    task = own_task(fallback=Fallback.SAME)
    assert ask(task, learner).text == SENTENCE
    provider.fault = lambda _: "500"
    with pytest.raises(Unavailable):
        ask(task, learner)
    settings.REDIS_URL = real


@pytest.mark.asvs("LLM 2", "characters a question")
def test_too_long_a_question_is_refused(provider: Behaviour, learner: UUID, settings: Any) -> None:
    settings.LLM_INPUT_CHARS = 10
    with pytest.raises(Invalid):
        gateway.ask(PATIENT, QUESTION, learner=learner)
    with pytest.raises(Invalid):
        list(gateway.stream(PATIENT, QUESTION, learner=learner))
    assert provider.seen == []


@pytest.mark.asvs("LLM 2", "calls a minute")
def test_calls_a_minute_are_exact_for_many_at_once(
    provider: Behaviour, learner: UUID, settings: Any
) -> None:
    settings.LLM_CALLS_PER_MINUTE = 5
    outcomes: list[Any] = []

    def call() -> None:
        try:
            outcomes.append(gateway.ask(PATIENT, QUESTION, learner=learner))
        except Exhausted as refused:
            outcomes.append(refused)

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [one for one in outcomes if isinstance(one, Exhausted)]
    assert (len(outcomes), len(refused), len(provider.seen)) == (20, 15, 5)
    assert {(one.status, 0 < one.retry_after_seconds <= 60) for one in refused} == {(429, True)}
    assert gateway.ask(PATIENT, QUESTION, learner=uuid4()).text == SENTENCE


@pytest.mark.asvs("LLM 2", "tokens a day")
def test_tokens_a_day_are_those_the_provider_counted(
    provider: Behaviour, learner: UUID, settings: Any
) -> None:
    reserved = providers.guess_tokens(sum(len(text) for _, text in QUESTION)) + 80
    settings.LLM_TOKENS_PER_DAY = reserved + 14  # an answer takes 8 + 6
    gateway.ask(PATIENT, QUESTION, learner=learner)
    list(gateway.stream(PATIENT, QUESTION, learner=learner))
    with pytest.raises(Exhausted) as refused:
        gateway.ask(PATIENT, QUESTION, learner=learner)
    assert refused.value.retry_after_seconds > 3600
    assert "day" in refused.value.detail


def test_a_failed_call_costs_the_learner_nothing(
    provider: Behaviour, learner: UUID, settings: Any
) -> None:
    settings.LLM_TOKENS_PER_DAY = 120
    provider.fault = lambda _: "refuse"
    for _ in range(3):
        with pytest.raises(Unavailable):
            gateway.ask(PATIENT, QUESTION, learner=learner)


@pytest.mark.anyio
async def test_a_client_that_leaves_ends_the_providers_work(
    provider: Behaviour, learner: UUID
) -> None:
    provider.fault = lambda _: "hang"
    task = asyncio.create_task(gateway.aask(PATIENT, QUESTION, learner=learner))
    while not provider.seen:  # noqa: ASYNC110  seen by a thread
        await asyncio.sleep(0.01)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    while not provider.left_early:  # noqa: ASYNC110  else pytest's time limit ends it
        await asyncio.sleep(0.01)
    assert providers.configured()[0].breaker.state == "closed"


@pytest.mark.django_db
def test_metrics_and_logs(
    provider: Behaviour, learner: UUID, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    model, task = settings.LLM_MODEL, own_task(template="away")
    ask(task, learner, "the secret canary")
    list(gateway.stream(task, [("user", "the secret canary")], learner=learner))
    provider.fault = lambda _: "500"
    ask(task, learner, "the secret canary")
    text = Client().get("/metrics").content.decode()
    for sample in (
        f'llm_tokens_total{{direction="output",model="{model}"}} 12.0',
        f'llm_seconds_count{{model="{model}",outcome="ok",task="{task.name}"}} 2.0',
        f'llm_seconds_count{{model="{model}",outcome="status",task="{task.name}"}} 4.0',
        f'llm_first_token_seconds_count{{model="{model}",task="{task.name}"}} 1.0',
        f'llm_answers_total{{source="model",task="{task.name}"}} 2.0',
        f'llm_answers_total{{source="template",task="{task.name}"}} 1.0',
        f'breaker_state{{breaker="llm:127.0.0.1:{provider.port}/{model}"}} 0.0',
    ):
        assert sample in text
    cost = REGISTRY.get_sample_value("llm_cost_dollars_total", {"model": model})
    assert cost == pytest.approx((2 * 3 * 1 + 12 * 10) / 1e6)
    assert "llm_answered" in caplog.text
    assert not [word for word in ("canary", str(learner), SENTENCE) if word in caplog.text]
