"""The API describes itself: root, OpenAPI 3.1, Swagger UI; all from our own disk."""

import re
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.test import Client
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate

from config.api.examples import REFUSALS, UNTOLD
from tests.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    body: dict[str, Any] = yaml.safe_load(Client().get("/api/schema/").content)
    return body


def test_the_schema_is_valid_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    validate(schema)


METHODS = {"get", "post", "put", "patch", "delete"}


def operations(schema: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the name and the description of every operation."""
    return [
        (f"{method} {path}", item[method])
        for path, item in schema["paths"].items()
        for method in sorted(item.keys() & METHODS)
    ]


def ours(schema: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the operations that allauth does not describe."""
    return [each for each in operations(schema) if "/auth/" not in each[0]]


def bodies(schema: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return every body of ours that is not bytes, of requests and of good answers."""
    return [
        (f"{name} {place} {media_type}", content)
        for name, operation in ours(schema)
        for place, part in [
            ("request", operation.get("requestBody", {})),
            *((status, each) for status, each in operation["responses"].items()),
        ]
        if place == "request" or place.startswith("2")
        for media_type, content in part.get("content", {}).items()
        if content["schema"].get("format") != "binary"
    ]


def test_every_operation_says_what_it_does(schema: dict[str, Any]) -> None:
    assert len(operations(schema)) > 90
    assert [name for name, each in operations(schema) if not each.get("summary")] == []
    ids = [each["operationId"] for _, each in operations(schema)]
    assert len(ids) == len(set(ids))


def test_every_operation_of_ours_tells_what_goes_wrong(schema: dict[str, Any]) -> None:
    for code in REFUSALS:
        problem = schema["components"]["responses"][code]["content"]["application/problem+json"][
            "schema"
        ]
        assert problem == {"$ref": "#/components/schemas/Problem"}
    for name, operation in ours(schema):
        refs = {code: each.get("$ref") for code, each in operation["responses"].items()}
        refused = {code: ref for code, ref in refs.items() if not code.startswith("2")}
        assert refused == {code: f"#/components/responses/{code}" for code in refused}, name
        assert {"429", "default"} <= refused.keys(), name
        assert ("401" in refused) == (operation["security"] != [{}]), name
        assert ("404" in refused) == ("{" in name), name
        assert "400" in refused or "requestBody" not in operation, name


def test_refusals_are_answered_as_they_are_described(
    schema: dict[str, Any], api: ApiClient, anonymous: Client
) -> None:
    category = api.post("/categories/", {"name": "Words"}).json()["id"]
    path = f"/categories/{category}/"
    told = schema["paths"]["/api/v1/categories/{category_id}/"]["patch"]["responses"]
    answers = [
        api.patch(path, {"name": ""}),
        anonymous.patch(f"/api/v1{path}"),
        api.patch(f"/categories/{uuid4()}/", {"name": "x"}),
        api.patch(path, {"name": "Verbs"}, if_match='"of another time"'),
        api._client.patch(f"/api/v1{path}", "x", content_type="text/plain"),
    ]
    assert [answer.status_code for answer in answers] == [400, 401, 404, 412, 415]
    for answer in answers:
        assert str(answer.status_code) in told
        body = {"$ref": "#/components/schemas/Problem", "components": schema["components"]}
        assert list(OAS31Validator(body).iter_errors(answer.json())) == []


def test_every_body_of_ours_has_an_example_that_is_one(schema: dict[str, Any]) -> None:
    assert len(bodies(schema)) > 60
    assert [name for name, content in bodies(schema) if "example" not in content] == []
    for name, content in bodies(schema):
        described = {**content["schema"], "components": schema["components"]}
        validator = OAS31Validator(described, format_checker=oas31_format_checker)
        errors = [each.message for each in validator.iter_errors(content["example"])]
        assert errors == [], name


def test_every_text_in_an_example_is_told(schema: dict[str, Any]) -> None:
    """A field is missing from SAMPLES in config/api/examples.py where this fails."""
    untold = [name for name, content in bodies(schema) if f"'{UNTOLD}'" in str(content["example"])]
    assert untold == []


def test_the_sign_in_routes_are_in_the_schema(schema: dict[str, Any]) -> None:
    assert "/api/v1/auth/app/v1/auth/signup" in schema["paths"]
    assert "/api/v1/auth/app/v1/tokens/refresh" in schema["paths"]
    assert "integer" not in str(schema["components"]["schemas"]["User"])  # public ids only


def test_the_docs_load_nothing_from_elsewhere() -> None:
    page = Client().get("/api/docs/").content.decode()
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sources
    assert all(source.startswith("/") for source in sources), sources
    for source in sources:
        answer = Client().get(source)
        assert answer.status_code == 200, source
        answer.close()


def test_the_root_tells_addresses_that_answer() -> None:
    root = Client().get("/api/v1/").json()
    assert root["version"] == "1"
    assert Client().get(root["schema"]).status_code == 200
    assert Client().get(root["docs"]).status_code == 200
    assert Client().get(root["me"]).status_code == 401
    for key in ("sign_up", "log_in", "refresh"):
        assert Client().post(root[key], {}, content_type="application/json").status_code == 400
