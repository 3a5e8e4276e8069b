"""Whatever goes wrong is told as application/problem+json (RFC 9457)."""

from typing import Any

import orjson
import pytest
from django.conf import settings
from django.test import Client

from tests.client import ApiClient

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.problem_views")]


def _problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = orjson.loads(response.content)
    assert body["status"] == status
    assert {"type", "title", "code", "detail"} <= body.keys()
    return body


def _post(body: Any, path: str = "/batches", kind: str = "application/json", **more: Any) -> Any:
    raw = body if isinstance(body, (bytes, str, dict)) else orjson.dumps(body)
    return Client(raise_request_exception=False).post(path, raw, content_type=kind, **more)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("conflict", 409, "conflict"),
        ("unavailable", 503, "unavailable"),
        ("throttled", 429, "throttled"),
        ("http404", 404, "not_found"),
        ("denied", 403, "refused"),
        ("suspicious", 400, "bad_request"),
        ("nul", 400, "invalid"),
        ("fault", 500, "error"),
    ],
)
def test_each_fault_has_its_status_and_code(fault: str, status: int, code: str) -> None:
    client = Client(raise_request_exception=False)
    assert _problem(client.get(f"/fails/{fault}"), status)["code"] == code


def test_a_caller_who_shall_wait_is_told_how_long() -> None:
    assert Client().get("/fails/unavailable")["Retry-After"] == "7"
    assert Client().get("/fails/throttled")["Retry-After"] == "3"


def test_an_error_of_ours_names_its_field() -> None:
    body = _problem(Client().get("/fails/conflict"), 409)
    assert body["errors"] == [
        {"field": "name", "code": "conflict", "detail": "It is there already."}
    ]


@pytest.mark.asvs("16.5.1", "`application/problem+json` without details")
@pytest.mark.asvs("16.5.4", "Django's handler500 answers what nobody has caught")
def test_a_fault_of_ours_says_nothing_about_itself() -> None:
    response = Client(raise_request_exception=False).get("/fails/fault")
    assert b"ZeroDivision" not in response.content


def test_every_field_at_fault_is_named_by_its_path() -> None:
    cards = [{"front": "ok"}, {"front": "too long"}, {}]
    body = _problem(_post({"cards": cards, "tags": ["a", "long"]}), 400)
    named = {(error["field"], error["code"]) for error in body["errors"]}
    assert named == {
        ("name", "required"),
        ("cards.1.front", "max_length"),
        ("cards.2.front", "required"),
        ("tags.1", "max_length"),
    }


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": "nobody", "cards": []}, "body", "nobody"),
        ([], "body", "invalid"),
        ({"name": "a\0", "cards": []}, "name", "null_characters_not_allowed"),
        ({"name": "x", "cards": {}}, "cards", "not_a_list"),
    ],
)
def test_what_is_wrong_with_the_whole_is_told_too(body: Any, field: str, code: str) -> None:
    first = _problem(_post(body), 400)["errors"][0]
    assert (first["field"], first["code"]) == (field, code)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"name": NaN}', b'"\\ud800"', b"[" * 5000, b'{"a": "\0"}']
)
def test_a_body_that_is_not_json_is_a_bad_request(body: bytes) -> None:
    assert _problem(_post(body), 400)["code"] == "parse_error"


@pytest.mark.asvs("5.2.1", "bodies of 2.5 MB")
def test_a_body_larger_than_the_limit_is_refused() -> None:
    body = b'"' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"'
    assert _problem(_post(body), 413)["code"] == "too_large"


def test_a_form_with_more_fields_than_the_limit_is_refused() -> None:
    fields = {f"f{n}": "x" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    response = Client(raise_request_exception=False).post("/forms", fields)
    assert _problem(response, 400)["code"] == "bad_request"


def test_a_form_text_larger_than_the_limit_is_refused() -> None:
    fields = {"name": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
    response = Client(raise_request_exception=False).post("/forms", fields)
    assert _problem(response, 413)["code"] == "too_large"


def test_a_media_type_that_is_not_read_is_415() -> None:
    assert _problem(_post("a,b", kind="text/csv"), 415)["code"] == "unsupported_media_type"


def test_a_media_type_that_is_not_written_is_406() -> None:
    response = _post({"name": "x", "cards": []}, headers={"accept": "text/csv"})
    assert _problem(response, 406)["code"] == "not_acceptable"


def test_a_method_that_is_not_served_is_405_and_the_allowed_ones_are_named() -> None:
    response = Client().delete("/batches")
    assert _problem(response, 405)["code"] == "method_not_allowed"
    assert "POST" in response["Allow"]


def test_an_unknown_address_is_a_problem_too() -> None:
    assert _problem(Client().get("/nowhere"), 404)["code"] == "not_found"


@pytest.mark.urls("config.urls")
def test_a_nul_byte_in_an_address_is_no_fault_of_ours(api: ApiClient) -> None:
    assert api.get("/categories/%00/").status_code == 404
    assert api.get("/me/%00").status_code == 404
