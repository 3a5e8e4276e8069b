"""From sign-up to statistics, over HTTP, on the real model server: what `make demo` does."""

import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from config.demo.client import DemoFailed, Learner
from config.demo.journey import Journey, Told
from config.dictionary import glosses
from review.models import Content, ReviewHistory, ReviewSchedule
from tests import make
from tests.flows.worker import running_worker
from tests.ocr_server import fake_model_server, running_model_server

GLOSSES = {"emerge": "나타나다", "hesitate": "망설이다", "stubborn": "고집 센"}
EMAIL, PASSWORD = "mina@example.com", "a-long-enough-secret"
pytestmark = [
    pytest.mark.xdist_group("ocr"),
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _operators_glosses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Some words have an answer even where there is no dictionary."""
    rows = [{"word": word, "language": "ko", "gloss": gloss} for word, gloss in GLOSSES.items()]
    path = tmp_path / "glosses.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    monkeypatch.setenv("DICTIONARY_GLOSSES", str(path))
    glosses.cache_clear()
    yield
    glosses.cache_clear()


def _run(url: str, seed: int) -> tuple[Told, str]:
    console = Console(file=io.StringIO(), width=120)
    with running_worker(), closing(Learner(url)) as learner:
        told = Journey(learner, console, seed).run(EMAIL, PASSWORD)
    return told, console.file.getvalue()  # type: ignore[attr-defined]


def test_a_photographed_page_becomes_cards_and_shows_in_the_statistics(
    live_server: Any, settings: Any
) -> None:
    make.member(EMAIL, PASSWORD)
    with running_model_server() as settings.OCR_MODEL_SERVER_URL:
        first, said = _run(live_server.url, seed=7)
        answers = ReviewHistory.objects.count()
        again, said_again = _run(live_server.url, seed=7)
    _check_cards()
    assert sum(day.count for day in first.days) == answers >= len(GLOSSES)
    assert sum(count for _, count in first.due) == answers
    assert sum(day.count for day in again.days) == ReviewHistory.objects.count()
    assert "logged in" in said
    assert "logged in" in said_again


def _check_cards() -> None:
    """Each word once, though the page was sent twice; the draft-free ones scheduled."""
    contents = Content.objects.filter(user__email=EMAIL)
    reluctant = contents.get(front="reluctant")
    assert reluctant.gloss == "마지못해 하는"
    assert contents.get(front="emerge").gloss == GLOSSES["emerge"]
    assert reluctant.example.startswith("She was reluctant to give up, however, and spent")
    assert reluctant.source["kind"] == "scan"
    fronts = list(contents.values_list("front", flat=True))
    assert {"emerge", "hesitate", "stubborn", "accumulate", "seedling"} <= set(fronts)
    assert len(fronts) == len(set(fronts))
    drafts = contents.filter(back="", gloss="").count()
    assert ReviewSchedule.objects.count() == len(fronts) - drafts > 0


def test_a_page_that_cannot_be_read_ends_the_demo_with_its_reason(
    live_server: Any, settings: Any
) -> None:
    unreadable = (422, {"code": "unreadable", "detail": "This is no picture."})
    make.member(EMAIL, PASSWORD)
    with (
        fake_model_server(lambda _: unreadable) as settings.OCR_MODEL_SERVER_URL,
        pytest.raises(DemoFailed, match="The page was not read: "),
    ):
        _run(live_server.url, seed=7)
