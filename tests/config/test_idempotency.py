"""A POST that comes again is answered again and done once, however often and at once it comes."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import User
from config.api import idempotency
from config.api.idempotency import is_idempotent
from config.api.models import IdempotentAnswer
from config.api.tasks import prune
from config.settings import variables
from ocr.models import Scan
from review.models import Category
from tests import make
from tests.client import ApiClient
from tests.ocr import images

ROUNDS = 10 if variables.text("PROOF") else 2
# POSTs that are harmless to repeat as they stand, and why.
REPEATABLE = {
    "reviews": "a review has a public id of its own, for ever",
    "optimisations": "what waits already is the same promise",
    "card-merge": "twice is once",
    "reviews-batch": "each of its reviews has",
    "review-undo": "an answer is taken back once",
    "content-move": "leads to the same place",
    "content-archive": "twice is once",
    "content-restore": "twice is once",
    "card-suspend": "twice is once",
    "card-unsuspend": "twice is once",
    "card-bury": "twice is once",
    "levels": "nothing is stored",
    "speech": "the same text is the same sound",
    "level-test-answers": "an answer has a public id of its own, for ever",
    "level-test-stop": "twice is once",
    "imports-table-preview": "nothing is stored",
    "attempt-answers": "an answer has a public id of its own, for ever",
    "attempt-finish": "twice is once",
    "attempt-reviews": "a card's lapse has an id of its own, for ever",
    "messages": "a message has a public id of its own, for ever",
    "message-cancel": "twice is once",
    "message-card": "the same correction is one card",
    "answer-appeal": "one an answer",
    "question-report": "twice is once",
    "deletion": "twice is once",
    "group-invite": "twice is once",
    "group-categories": "twice is once",
    "group-category-copy": "again, only what is new",
    "group-exams": "twice is once",
    "group-exam-take": "a second time it is the same copy",
    "invitation": "an invitation is accepted once",
    "unsubscribe": "twice is once",
    "extract-sync": "the same file is the same scan",
    "api-keys": "the answer holds a secret, which is never stored",
}


def _posts(resolver: URLResolver) -> Any:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _posts(entry)
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "cls"):
            method = getattr(entry.callback.cls, "post", None)
            if method is not None:
                yield entry.name, method


def test_every_post_heeds_the_key_or_needs_none() -> None:
    posts = dict(_posts(get_resolver()))
    assert {name for name, method in posts.items() if not is_idempotent(method)} == set(REPEATABLE)
    assert {"contents", "scans", "scan-cards", "categories", "card-reset"} < posts.keys()


def test_a_repeated_request_is_answered_the_same_and_done_once(api: ApiClient, alice: User) -> None:
    body = {"name": "Verbs"}
    first = api.post("/categories/", body, idempotency_key="k1")
    again = api.post("/categories/", body, idempotency_key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Category.objects.filter(user=alice).count() == 1


def test_the_answer_comes_back_with_its_address(api: ApiClient) -> None:
    page = images.png()

    def send(**fields: Any) -> Any:
        file = SimpleUploadedFile("page.png", page)
        return api.upload("/scans/", headers={"idempotency-key": "s"}, file=file, **fields)

    first, again = send(), send()
    assert (first.status_code, again.status_code) == (202, 202)
    assert again["Location"] == first["Location"]
    assert Scan.objects.count() == 1
    assert send(language="english").json()["code"] == "idempotency_key_reused"


def test_a_key_belongs_to_one_request(api: ApiClient) -> None:
    api.post("/categories/", {"name": "Verbs"}, idempotency_key="k1")
    other = api.post("/categories/", {"name": "Nouns"}, idempotency_key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = api.post("/contents/", {"name": "Verbs"}, idempotency_key="k1")
    assert elsewhere.status_code == 422
    assert Category.objects.count() == 1


def test_a_key_is_its_learners_own(api: ApiClient, bobs_api: ApiClient) -> None:
    for each in (api, bobs_api):
        answer = each.post("/categories/", {"name": "Verbs"}, idempotency_key="same")
        assert answer.status_code == 201
        assert "Idempotency-Replayed" not in answer
    assert Category.objects.count() == 2


def test_a_refusal_is_kept_too(api: ApiClient) -> None:
    category = uuid.uuid4()
    body = {"front": "a", "back": "b", "category": str(category)}
    first = api.post("/contents/", body, idempotency_key="k")
    make.category(User.objects.get(), public_id=category)
    again = api.post("/contents/", body, idempotency_key="k")
    assert (first.status_code, again.status_code) == (404, 404)
    assert again["Content-Type"] == "application/problem+json"
    assert again.content == first.content


def test_a_fault_of_ours_is_not_kept(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from review.commands import categories

    with monkeypatch.context() as patch:
        patch.setattr(categories, "_save", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            api.post("/categories/", {"name": "Verbs"}, idempotency_key="k")
    assert not IdempotentAnswer.objects.exists()
    assert api.post("/categories/", {"name": "Verbs"}, idempotency_key="k").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "ké"])
def test_a_key_that_is_none_is_refused(api: ApiClient, key: str) -> None:
    answer = api.post("/categories/", {"name": "Verbs"}, idempotency_key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


def test_a_key_is_forgotten_after_a_day(api: ApiClient) -> None:
    api.post("/categories/", {"name": "Verbs"}, idempotency_key="k")
    prune()
    assert IdempotentAnswer.objects.count() == 1
    old = timezone.now() - idempotency.KEPT - timedelta(seconds=1)
    IdempotentAnswer.objects.update(created_at=old)
    anew = api.post("/categories/", {"name": "Verbs"}, idempotency_key="k")
    assert anew.json()["code"] == "category_exists"  # the day is over: it is done again
    IdempotentAnswer.objects.update(created_at=old)
    prune()
    assert not IdempotentAnswer.objects.exists()


def test_sign_in_routes_store_no_answer(anonymous: Any, db: Any) -> None:
    body = {"email": "mina@example.com", "password": "a-long-enough-secret"}
    path = "/api/v1/auth/app/v1/auth/signup"
    key = {"idempotency-key": "k"}
    anonymous.post(path, body, content_type="application/json", headers=key)
    assert User.objects.filter(email="mina@example.com").exists()
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.asvs(
    "2.3.4", "an Idempotency-Key is held under a lock: eight requests at once have one effect"
)
def test_eight_at_once_have_one_effect() -> None:
    alice = make.user("alice@example.com")
    clients = [ApiClient(alice) for _ in range(8)]
    for number in range(ROUNDS):
        gate, body = Barrier(8), {"name": f"Verbs {number}"}

        def send(client: ApiClient) -> Any:
            try:
                connection.ensure_connection()
                gate.wait(20)  # noqa: B023  used in this round only
                return client.post("/categories/", body, idempotency_key=f"k{number}")  # noqa: B023
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, clients))
        done = [answer for answer in answers if answer.status_code == 201]
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert len({answer.content for answer in done}) == 1
        assert sum("Idempotency-Replayed" not in answer for answer in done) == 1
        in_flight = [answer.json()["code"] for answer in answers if answer.status_code == 409]
        assert set(in_flight) <= {"idempotency_key_in_use"}
    assert Category.objects.count() == IdempotentAnswer.objects.count() == ROUNDS


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_being_answered_the_second_is_told() -> None:
    alice = make.user("alice@example.com")
    api = ApiClient(alice)

    def send() -> Any:
        try:
            return api.post("/categories/", {"name": "Verbs"}, idempotency_key="k")
        finally:
            connection.close()

    from django.db import transaction

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert idempotency._lock(alice.pk, "k")
            told = pool.submit(send).result(20)
        assert (told.status_code, told.json()["code"]) == (409, "idempotency_key_in_use")
        assert pool.submit(send).result(20).status_code == 201
