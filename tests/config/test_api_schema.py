"""The API describes itself: root, OpenAPI 3.1, Swagger UI; all from our own disk."""

import re
from typing import Any

import pytest
import yaml
from django.test import Client
from openapi_spec_validator import validate

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    body: dict[str, Any] = yaml.safe_load(Client().get("/api/schema/").content)
    return body


def test_the_schema_is_valid_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    validate(schema)


def test_every_operation_of_ours_tells_what_goes_wrong(schema: dict[str, Any]) -> None:
    ours = {path: item for path, item in schema["paths"].items() if "/auth/" not in path}
    assert "/api/v1/me/" in ours
    for path, item in ours.items():
        for method in item.keys() & {"get", "post", "put", "patch", "delete"}:
            problem = item[method]["responses"]["default"]["content"]
            assert "application/problem+json" in problem, (path, method)


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
