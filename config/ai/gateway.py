"""The one door to every language model: `ask` for a whole answer, `stream` for one in the making.

Both check the question's length and the learner's budget, wait for their turn where the server
writes few answers at a time, try the providers in order, each behind
its breaker and within its time, again with a growing pause while nothing has reached the caller,
and at last fall back on what the task allows. From asynchronous code: `aask`, `astream`.

Raise Invalid (422) for a question that is too long, Exhausted (429) with the reason for a learner
who has used up what there is, Unavailable (503) when there is neither an answer nor a fallback,
and CutShort when an answer breaks off after its first piece has gone out.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import structlog
from django.conf import settings

from config.ai import background, budget, fallback, providers, waiting
from config.ai.breaker import BreakerOpen
from config.ai.calls import Answer, Call, Message, Piece, Source, Task, Usage
from config.ai.metrics import ANSWERS, COST, FIRST_TOKEN_SECONDS, REFUSED, SECONDS, TOKENS
from config.ai.providers import Provider, ProviderFault
from config.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from pydantic import BaseModel

PAUSES_SECONDS = (0.0, 0.1, 0.2, 0.4)  # before each round over the providers
PAUSE_SECONDS_MAX = 2.0  # even if a provider asks for more

log = structlog.get_logger(__name__)
_T = TypeVar("_T")


class CutShort(Unavailable):
    """The answer broke off; what has come is all there is."""

    code = "cut_short"


class _NoAnswer(Exception):
    """No provider has answered."""


def ask(
    task: Task,
    messages: Sequence[Message],
    *,
    learner: UUID | None = None,
    about: str = "",
    shape: "type[BaseModel] | None" = None,
) -> Answer:
    """Return the answer; with ``shape`` (a pydantic model) also as ``value``."""
    return background.run(aask(task, messages, learner=learner, about=about, shape=shape))


async def aask(
    task: Task,
    messages: Sequence[Message],
    *,
    learner: UUID | None = None,
    about: str = "",
    shape: "type[BaseModel] | None" = None,
) -> Answer:
    """Return the answer; with ``shape`` (a pydantic model) also as ``value``."""
    call = Call(task, messages, learner, about, shape)
    with _paid(call) as spent, waiting.turn(task) as turn:
        async for _ in _places(turn):
            pass
        try:
            provider, answer = await _first(call, lambda one: _whole(one, call))
        except _NoAnswer:
            return _stand_in(call)
        _count(call, provider, answer.usage, spent)
        fallback.keep(call, answer.text)
        return answer


def stream(
    task: Task, messages: Sequence[Message], *, learner: UUID | None = None, about: str = ""
) -> Iterator[Piece]:
    """Yield the answer in pieces; close the iterator when nobody listens any more."""
    return background.iterate(astream(task, messages, learner=learner, about=about))


async def astream(
    task: Task, messages: Sequence[Message], *, learner: UUID | None = None, about: str = ""
) -> AsyncGenerator[Piece, None]:
    """Yield the answer in pieces; close the generator when nobody listens any more."""
    call = Call(task, messages, learner, about)
    with _paid(call) as spent, waiting.turn(task) as turn:
        async for place in _places(turn):
            yield Piece("", place=place)
        try:
            provider, (first, rest) = await _first(call, lambda one: _begun(one, call))
        except _NoAnswer:
            answer = _stand_in(call)
            yield Piece(answer.text, answer.source)
            return
        texts = [first]
        spent.tokens = providers.guess_tokens(call.input_chars)
        try:
            async with aclosing(rest):
                yield Piece(first)
                async for text in _within(rest, task.total_seconds):
                    if isinstance(text, Usage):
                        _count(call, provider, text, spent)
                        fallback.keep(call, "".join(texts))
                    else:
                        texts.append(text)
                        spent.tokens += providers.guess_tokens(len(text))
                        yield Piece(text)
        except (ProviderFault, TimeoutError) as error:
            log.warning("llm_cut_short", task=task.name, model=provider.model, fault=str(error))
            raise CutShort("The answer broke off; ask again.") from None


async def _places(turn: waiting.Turn | None) -> AsyncGenerator[int, None]:
    """Yield our places in the line; nobody waits for providers that are left alone anyway."""
    if turn is None or all(one.breaker.state == "open" for one in providers.configured()):
        return
    async for place in turn.places():
        yield place


class _Spent:
    """What a call has taken so far, in tokens."""

    tokens = 0


@contextmanager
def _paid(call: Call) -> Iterator[_Spent]:
    """Check the question and take it from the learner's budget; at the end settle what it took."""
    if call.input_chars > settings.LLM_INPUT_CHARS:
        REFUSED.labels("input").inc()
        raise Invalid(f"The question is longer than {settings.LLM_INPUT_CHARS:,} characters.")
    at_most = providers.guess_tokens(call.input_chars) + call.task.max_output_tokens
    reservation = budget.reserve(call.learner, at_most)
    spent = _Spent()
    try:
        yield spent
    finally:
        reservation.settle(spent.tokens)


async def _first(call: Call, begin: Callable[[Provider], Awaitable[_T]]) -> tuple[Provider, _T]:
    """Return what the first provider gives that answers; _NoAnswer when none does in time."""
    await providers.load()
    try:
        async with asyncio.timeout(call.task.total_seconds):
            return await _rounds(begin)
    except TimeoutError:
        raise _NoAnswer from None


async def _rounds(begin: Callable[[Provider], Awaitable[_T]]) -> tuple[Provider, _T]:
    left, faults = list(providers.configured()), list[ProviderFault]()
    for pause in PAUSES_SECONDS:
        await asyncio.sleep(_jittered(pause, faults))
        faults = []
        for provider in tuple(left):
            try:
                return provider, await begin(provider)
            except BreakerOpen:
                continue
            except ProviderFault as fault:
                faults.append(fault)
                if fault.is_final:
                    left.remove(provider)
        if not faults:  # all are left alone, or none is left
            break
    raise _NoAnswer


def _jittered(pause: float, faults: Sequence[ProviderFault]) -> float:
    """Return how long to wait: about ``pause``, or as the providers ask, within reason."""
    asked = max((fault.retry_after_seconds for fault in faults), default=0.0)
    own = pause * random.uniform(0.5, 1.5)  # noqa: S311  no secret
    return float(min(max(own, asked), PAUSE_SECONDS_MAX))


async def _whole(provider: Provider, call: Call) -> Answer:
    with _timed(provider, call):
        return await providers.complete(provider, call)


async def _begun(provider: Provider, call: Call) -> tuple[str, AsyncGenerator[str | Usage, None]]:
    """Return a stream's first piece and the rest of it."""
    before = time.monotonic()
    rest = _timed_chunks(provider, call)
    try:
        first = await anext(rest)
    except BaseException:
        await rest.aclose()
        raise
    FIRST_TOKEN_SECONDS.labels(call.task.name, provider.model).observe(time.monotonic() - before)
    return str(first), rest


async def _timed_chunks(provider: Provider, call: Call) -> AsyncGenerator[str | Usage, None]:
    with _timed(provider, call):
        async with aclosing(providers.chunks(provider, call)) as chunks:
            async for chunk in chunks:
                yield chunk


async def _within(
    chunks: AsyncGenerator[str | Usage, None], seconds: float
) -> AsyncGenerator[str | Usage, None]:
    """Yield the chunks; TimeoutError when they take longer than ``seconds`` all together."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        yield chunk


@contextmanager
def _timed(provider: Provider, call: Call) -> Iterator[None]:
    before, outcome = time.monotonic(), "left"
    try:
        yield
        outcome = "ok"
    except BreakerOpen:
        outcome = "kept_back"
        raise
    except ProviderFault as fault:
        outcome = fault.kind
        log.warning("llm_fault", task=call.task.name, provider=provider.name, fault=str(fault))
        raise
    finally:
        seconds = time.monotonic() - before
        SECONDS.labels(call.task.name, provider.model, outcome).observe(seconds)


def _count(call: Call, provider: Provider, usage: Usage, spent: _Spent) -> None:
    spent.tokens = usage.input_tokens + usage.output_tokens
    cost = provider.cost(usage)
    TOKENS.labels(provider.model, "input").inc(usage.input_tokens)
    TOKENS.labels(provider.model, "output").inc(usage.output_tokens)
    COST.labels(provider.model).inc(cost)
    ANSWERS.labels(call.task.name, Source.MODEL).inc()
    tokens = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    log.info("llm_answered", task=call.task.name, provider=provider.name, cost=cost, **tokens)


def _stand_in(call: Call) -> Answer:
    """Return the fallback; Unavailable when there is none."""
    found = fallback.find(call)
    source = found.source if found else "none"
    ANSWERS.labels(call.task.name, source).inc()
    log.warning("llm_fallback", task=call.task.name, source=source)
    if found is None:
        raise Unavailable("The language model does not answer at the moment.")
    return found
