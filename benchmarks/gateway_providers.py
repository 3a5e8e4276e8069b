"""The providers and peers of `gateway`: the tests' server in processes of its own, LangChain."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from statistics import quantiles
from typing import Any
from uuid import uuid4

from benchmarks.record_review import free_port


@contextmanager
def provider(seconds: float = 0, share: float = 0, *faults: str) -> Iterator[str]:
    """Run a provider; yield its URL."""
    port = free_port()
    arguments = [str(port), str(seconds), str(share), *faults]
    server = subprocess.Popen([sys.executable, "-m", "tests.llm_server", *arguments])
    url = f"http://127.0.0.1:{port}"
    try:
        while seen(url) < 0:
            time.sleep(0.05)
        yield f"{url}/v1"
    finally:
        server.terminate()
        server.wait()


def seen(url: str) -> int:
    """Return how many questions the provider has met; -1 while it does not answer."""
    with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  ours
        return int(json.load(answer)["seen"])
    return -1


def use(url: str) -> None:
    """Make it the only provider, under a name of its own."""
    from django.conf import settings

    settings.LLM_BASE_URL, settings.LLM_MODEL = url, f"model-{uuid4().hex[:6]}"
    settings.LLM_PARALLEL = 0  # no line: these providers answer any number at once


def use_dead() -> None:
    """Point at a port where nobody listens any more, under the same model's name."""
    from django.conf import settings

    settings.LLM_BASE_URL = f"http://127.0.0.1:{free_port()}/v1"


def plain(**options: Any) -> Any:
    """Return the peer: LangChain's model, as its pages say."""
    from django.conf import settings
    from langchain.chat_models import init_chat_model

    name = f"openai:{settings.LLM_MODEL}"
    return init_chat_model(name, base_url=settings.LLM_BASE_URL, api_key="none", **options)


def attempted(model: Any) -> bool:
    """Tell whether the peer answers."""
    import openai

    try:
        return bool(model.invoke(question(0)).content)
    except (openai.OpenAIError, TypeError, ValueError, KeyError):
        return False


def question(number: int) -> list[Any]:
    """Return one of twenty prompts, of a usual length."""
    word = f"word{number % 20}"
    return [("system", "Explain the word simply. " * 8), ("user", f"What does {word} mean?")]


def task(name: str, **options: Any) -> Any:
    """Return a task whose answers are kept and shared, as a word's explanation is."""
    from config.ai.calls import Fallback, Task

    return Task(name, fallback=Fallback.SAME, is_shared=True, **options)


def timed(call: Callable[[], object]) -> float:
    """Return the milliseconds of a call."""
    before = time.perf_counter()
    call()
    return (time.perf_counter() - before) * 1000


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20)[-1]
