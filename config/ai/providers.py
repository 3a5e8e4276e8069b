"""Who answers: OpenAI-compatible servers in order of preference, reached through LangChain.

LangChain takes seconds and 60 MB to import: the first call does, in the process that makes it.
"""

import asyncio
import importlib
import ipaddress
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.ai.breaker import Breaker, breaker
from config.ai.calls import Answer, Call, Usage

CONNECT_SECONDS = 3.0
NOT_THEIR_FAULT = {400, 413, 422}  # the question is wrong, another one may be answered
NEVER_BETTER = {*NOT_THEIR_FAULT, 401, 403, 404}

_models: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Provider, Any]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Provider:
    """One server and model; prices are dollars a million tokens."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    input_price: float = 0.0
    output_price: float = 0.0

    @property
    def name(self) -> str:
        """Return a short name for logs and the breaker: host and model, no secrets."""
        return f"{urlsplit(self.base_url).netloc.rpartition('@')[2]}/{self.model}"

    @property
    def breaker(self) -> Breaker:
        """Return the breaker round this provider."""
        return breaker(f"llm:{self.name}", counts=_counts)

    def cost(self, usage: Usage) -> float:
        """Return what an answer cost, in dollars."""
        paid = usage.input_tokens * self.input_price + usage.output_tokens * self.output_price
        return paid / 1e6


class ProviderFault(Exception):
    """A try failed; ``kind`` says how in one word, without a text of the provider's or ours."""

    def __init__(self, kind: str, status: int = 0, retry_after_seconds: float = 0.0) -> None:
        super().__init__(f"{kind} {status or ''}".strip())
        self.kind = kind
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        self.is_final = status in NEVER_BETTER


def _counts(_kind: type[Exception], error: Exception) -> bool:
    if not isinstance(error, ProviderFault):
        return False
    return error.status not in NOT_THEIR_FAULT and error.kind != "shape"


def configured() -> tuple[Provider, ...]:
    """Return the providers in order; none when no model is wanted."""
    return _parsed(
        settings.LLM_BASE_URL, settings.LLM_MODEL, settings.LLM_API_KEY, settings.LLM_PRICES
    )


@cache
def _parsed(urls: str, models: str, keys: str, prices: str) -> tuple[Provider, ...]:
    addresses = _words(urls)
    count = len(addresses)
    columns = [_column("LLM_MODEL", models, count), _column("LLM_API_KEY", keys or "none", count)]
    costs = [price.split("/") for price in _column("LLM_PRICES", prices or "0/0", count)]
    rows = zip(addresses, *columns, costs, strict=True)
    try:
        return tuple(
            Provider(url.rstrip("/"), model, key, float(input_price), float(output_price))
            for url, model, key, (input_price, output_price) in rows
        )
    except ValueError:
        raise ImproperlyConfigured("LLM_PRICES: input/output, as 0.15/0.60") from None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _column(name: str, text: str, count: int) -> list[str]:
    words = _words(text)
    if len(words) == 1:
        return words * count
    if len(words) != count:
        raise ImproperlyConfigured(f"{name} names {len(words)}, LLM_BASE_URL {count}")
    return words


async def load() -> None:
    """Import the libraries, the first time beside the event loop and outside any time limit."""
    if "langchain_openai" not in sys.modules:
        await asyncio.to_thread(importlib.import_module, "langchain_openai")


async def complete(provider: Provider, call: Call) -> Answer:
    """Return the provider's whole answer; ProviderFault, BreakerOpen."""
    model: Any = _model(provider)
    options = {"max_tokens": call.task.max_output_tokens, "temperature": call.task.temperature}
    if call.shape:
        model = model.with_structured_output(call.shape, method="json_schema", include_raw=True)
    with provider.breaker.attempt(), _named_faults():
        async with asyncio.timeout(call.task.try_seconds):
            found = await model.ainvoke(list(call.messages), **options)
        message, value = (found["raw"], found["parsed"]) if call.shape else (found, None)
        text = message.text
        if call.shape and value is None:
            raise ProviderFault("shape")
        if not text:
            raise ProviderFault("empty")
    usage = _usage(message, call, text)
    return Answer(text, value=value, model=provider.model, usage=usage)


async def chunks(provider: Provider, call: Call) -> AsyncGenerator[str | Usage, None]:
    """Yield the provider's answer as it comes and at last what it took; as `complete`."""
    options = {"max_tokens": call.task.max_output_tokens, "temperature": call.task.temperature}
    with provider.breaker.attempt(), _named_faults():
        stream = _model(provider).astream(list(call.messages), **options)
        texts, reason, whole = [], "", None
        try:
            while (chunk := await _next(stream, call.task.try_seconds)) is not None:
                whole = chunk if chunk.usage_metadata else whole
                reason = chunk.response_metadata.get("finish_reason") or reason
                if chunk.text:
                    texts.append(chunk.text)
                    yield chunk.text
        finally:
            await stream.aclose()
        if not reason:
            raise ProviderFault("cut")
        if not texts:
            raise ProviderFault("empty")
    yield _usage(whole, call, "".join(texts))


async def _next(stream: Any, seconds: float) -> Any:
    async with asyncio.timeout(seconds):
        return await anext(stream, None)


def _usage(message: Any, call: Call, text: str) -> Usage:
    """Return what the provider counted; where it counts nothing, a guess."""
    counted = getattr(message, "usage_metadata", None) or {}
    return Usage(
        counted.get("input_tokens") or guess_tokens(call.input_chars),
        counted.get("output_tokens") or guess_tokens(len(text)),
    )


def guess_tokens(chars: int) -> int:
    """Return about how many tokens a text takes, rather too many."""
    return chars // 3 + 1


@contextmanager
def _named_faults() -> Iterator[None]:
    """Turn whatever the libraries raise into ProviderFault: their texts may quote the prompt."""
    import httpx
    import openai
    import pydantic

    try:
        yield
    except TimeoutError:
        raise ProviderFault("timeout") from None
    except openai.APIStatusError as error:
        wait = error.response.headers.get("retry-after", "")
        seconds = float(wait) if wait.replace(".", "", 1).isdecimal() else 0.0
        raise ProviderFault("status", error.status_code, seconds) from None
    except (openai.OpenAIError, httpx.HTTPError, OSError) as error:
        raise ProviderFault(type(error).__name__) from None
    except pydantic.ValidationError:
        raise ProviderFault("shape") from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise ProviderFault("malformed") from None


def _model(provider: Provider) -> Any:
    """Return LangChain's model on the running event loop: connections belong to one loop."""
    models = _models.setdefault(asyncio.get_running_loop(), {})
    if provider not in models:
        import httpx
        from langchain.chat_models import init_chat_model

        limits = httpx.Limits(max_connections=200, max_keepalive_connections=20)
        timeout = httpx.Timeout(60.0, connect=CONNECT_SECONDS)
        is_here = _is_loopback(provider.base_url)
        models[provider] = init_chat_model(
            f"openai:{provider.model}",
            base_url=provider.base_url,
            api_key=provider.api_key,
            timeout=timeout,
            max_retries=0,
            stream_usage=True,
            stream_chunk_timeout=0,  # ours is round each chunk
            http_async_client=httpx.AsyncClient(
                timeout=timeout, limits=limits, trust_env=not is_here
            ),
        )
    return models[provider]


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
