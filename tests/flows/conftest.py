"""The product that flows go through where nothing else is said: this process, its real servers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.dictionary import glosses
from tests import make
from tests.chat.conftest import live, model
from tests.chat.live import LiveServer
from tests.flows.product import PASSWORD, Product, write_glosses
from tests.flows.worker import running_worker
from tests.llm_server import Behaviour
from tests.ocr_server import running_model_server

__all__ = ["live", "model"]


@pytest.fixture(scope="module")
def ocr_url() -> Iterator[str]:
    """The real OCR model server."""
    with running_model_server() as url:
        yield url


@pytest.fixture
def reads_pages(ocr_url: str, settings: Any) -> None:
    """The product has an OCR model server: what reads pages asks for this, beside ``product``."""
    settings.OCR_MODEL_SERVER_URL = ocr_url


@pytest.fixture
def operators_glosses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Some words have an answer even where there is no dictionary."""
    write_glosses(tmp_path / "glosses.jsonl")
    monkeypatch.setenv("DICTIONARY_GLOSSES", str(tmp_path / "glosses.jsonl"))
    glosses.cache_clear()
    yield
    glosses.cache_clear()


@pytest.fixture
def product(
    live_server: Any, live: LiveServer, model: Behaviour, operators_glosses: None
) -> Iterator[Product]:
    """Web and live process in threads, a worker in another."""

    def sign_up(name: str) -> str:
        return make.member(f"{name}@example.com", PASSWORD).email

    with running_worker():
        yield Product(live_server.url, live, model, sign_up)
