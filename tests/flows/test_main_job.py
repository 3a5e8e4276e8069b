"""From a photographed page to statistics, over HTTP: what `make demo` does, and the own client."""

import io
import json
import time
from contextlib import closing
from typing import Any

import pytest
from resee_client import Content, Refused, Resee, ScanDetail
from rich.console import Console

from config.demo.client import DemoFailed, Learner
from config.demo.journey import Journey, Told
from config.demo.page import textbook_page
from tests.flows.product import GLOSSES, PASSWORD, SECONDS, Product
from tests.ocr_server import fake_model_server

pytestmark = [
    pytest.mark.xdist_group("ocr"),
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reads_pages"),
]


def _demo(url: str, email: str) -> tuple[Told, str]:
    console = Console(file=io.StringIO(), width=120)
    with closing(Learner(url)) as learner:
        told = Journey(learner, console, seed=7).run(email, PASSWORD)
    return told, console.file.getvalue()  # type: ignore[attr-defined]


def test_a_photographed_page_becomes_cards_and_shows_in_the_statistics(product: Product) -> None:
    email = product.sign_up("photographer")
    with Resee(product.url, timeout=SECONDS) as api:
        api.log_in(email, PASSWORD)
        first, said = _demo(product.url, email)
        answers = len(_facts(api))
        again, said_again = _demo(product.url, email)
        _check_cards(api)
        assert sum(day.count for day in again.days) == len(_facts(api))
    assert sum(day.count for day in first.days) == answers >= len(GLOSSES)
    assert sum(count for _, count in first.due) == answers
    assert "logged in" in said
    assert "logged in" in said_again


def _facts(api: Resee) -> list[dict[str, Any]]:
    return [json.loads(line) for line in api.reviews_log().splitlines()]


def _check_cards(api: Resee) -> None:
    """Each word once, though the page was sent twice; the draft-free ones scheduled."""
    cards = _cards(api)
    by_front = {card["front"]: card for card in cards}
    reluctant = by_front["reluctant"]
    assert reluctant["gloss"] == "마지못해 하는"
    assert by_front["emerge"]["gloss"] == GLOSSES["emerge"]
    assert reluctant["example"].startswith("She was reluctant to give up, however, and spent")
    assert reluctant["source"]["kind"] == "scan"
    assert {"emerge", "hesitate", "stubborn", "accumulate", "seedling"} <= by_front.keys()
    assert len(by_front) == len(cards)
    for card in cards:
        has_answer = bool(card["back"] or card["gloss"])
        assert (card["stage"] != "draft") is (card["due_at"] is not None) is has_answer


def _cards(api: Resee) -> list[Content]:
    page = api.contents_list(page_size=200)
    assert page["next"] is None
    return page["results"]


def test_a_page_that_cannot_be_read_ends_the_demo_with_its_reason(
    product: Product, settings: Any
) -> None:
    unreadable = (422, {"code": "unreadable", "detail": "This is no picture."})
    with (
        fake_model_server(lambda _: unreadable) as settings.OCR_MODEL_SERVER_URL,
        pytest.raises(DemoFailed, match="The page was not read: "),
    ):
        _demo(product.url, product.sign_up("unlucky"))


def test_the_written_client_does_the_main_job(product: Product) -> None:
    page = textbook_page(seed=7).image_bytes
    with product.learner("reader") as api:
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
        assert api.scans_original(scan["id"]) == page
        api.refresh()
        assert api.me_read()["email"] == "reader@example.com"
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
