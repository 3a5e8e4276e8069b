"""From sign-up to statistics, over HTTP, on the real model server: what `make demo` does."""

import io
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from resee_client import Refused, Resee, ScanDetail
from rich.console import Console

from config.demo.client import DemoFailed, Learner
from config.demo.journey import Journey, Told
from config.demo.page import textbook_page
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


def test_the_written_client_does_the_main_job(live_server: Any, settings: Any) -> None:
    make.member(EMAIL, PASSWORD)
    page = textbook_page(seed=7).image_bytes
    with (
        running_model_server() as settings.OCR_MODEL_SERVER_URL,
        running_worker(),
        Resee(live_server.url) as api,
    ):
        api.log_in(EMAIL, PASSWORD)
        category = api.categories_create({"name": "Page"}, idempotency_key="page")
        assert api.categories_create({"name": "Page"}, idempotency_key="page") == category
        accepted = api.scans_create({"file": ("page.jpg", page), "language": "english"})
        scan = _read(api, accepted["id"])
        made = api.scans_cards_create(
            scan["id"],
            {"category": category["id"], "above_level": "A2", "not_in_collection": True},
        )
        card = api.reviews_due(category=category["id"], limit=1)["cards"][0]
        answer = api.reviews_record({"content": card["id"], "rating": 3, "taken_ms": 4200})
        dashboard = api.statistics_dashboard()
        api.refresh()
        assert api.me_read()["email"] == EMAIL
        assert [row["id"] for row in api.contents_list(q="reluctant")["results"]]
        with pytest.raises(Refused) as refused:
            api.contents_read(category["id"])
    assert made["created"]
    assert answer["result"] == "remembered"
    assert dashboard["reviewed_today"]["review_count"] == 1
    assert (refused.value.status, refused.value.problem["code"]) == (404, "content_not_found")


def _read(api: Resee, scan_id: str) -> ScanDetail:
    """Ask until the scan has been read."""
    for _ in range(500):
        scan = api.scans_read(scan_id)
        if scan["state"] not in {"queued", "running"}:
            break
        time.sleep(0.2)
    assert scan["state"] == "succeeded", scan
    return scan
