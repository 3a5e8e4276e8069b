"""What is said of the language model where people look: /readyz and the terminal."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from config.ai import llm_progress, providers
from config.ai.health import language_model
from config.ai.llm_progress import Progress
from tests.llm_server import WORDS, Behaviour


def test_without_a_model_readiness_says_so(settings: Any) -> None:
    settings.LLM_BASE_URL = ""
    assert language_model() == "none is wanted"


def test_the_embedded_model_tells_how_far_it_is(
    provider: Behaviour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESEE_HOME", str(tmp_path))
    assert language_model() == "has not been started"
    llm_progress.write(llm_progress.path(), Progress("fetching", 450, 1000))
    assert language_model().startswith("is being fetched: 40 %")
    llm_progress.write(llm_progress.path(), Progress("serving"))
    assert language_model() == "answers"


def test_providers_that_are_left_alone_are_counted(
    provider: Behaviour, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("LLM_BASE_URL", provider.url)
    assert language_model() == "1 of 1 providers are called"
    provider.fault = lambda _: "500"
    for _ in range(2):
        with pytest.raises(CommandError):
            call_command("ask", "Why?", stdout=StringIO())
    assert language_model() == "0 of 1 providers are called"


def test_a_person_can_ask_from_the_terminal(provider: Behaviour) -> None:
    said = StringIO()
    call_command("ask", "Why?", stdout=said)
    assert said.getvalue() == f"{''.join(WORDS)}\n[model]\n"


def test_providers_are_read_in_order(settings: Any) -> None:
    settings.LLM_BASE_URL = "https://one/v1, https://two/v1/"
    settings.LLM_MODEL, settings.LLM_API_KEY, settings.LLM_PRICES = "m", "k1,k2", "1/2,3/4"
    one, two = providers.configured()
    assert (one.base_url, one.model, one.api_key, one.output_price) == (
        "https://one/v1",
        "m",
        "k1",
        2,
    )
    assert (two.base_url, two.name, two.api_key, two.input_price) == (
        "https://two/v1", "two/m", "k2", 3,
    )  # fmt: skip
    assert "k1" not in repr(one)


@pytest.mark.parametrize(
    ("name", "value"), [("LLM_MODEL", "a,b,c"), ("LLM_API_KEY", "a,b,c"), ("LLM_PRICES", "cheap")]
)
def test_columns_that_do_not_fit_are_named(settings: Any, name: str, value: str) -> None:
    settings.LLM_BASE_URL = "https://one/v1,https://two/v1"
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        providers.configured()
