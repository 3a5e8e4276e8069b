"""The client is written from the schema: every operation, every type; it is no larger than that."""

import ast
import inspect
from typing import Any

import pytest
import resee_client
import yaml

from config.operations.client_code import ClientWriter
from tests.architecture import tree


def _schema(**components: Any) -> dict[str, Any]:
    return {"paths": {}, "components": {"schemas": components}}


def test_every_operation_is_a_method() -> None:
    schema = yaml.safe_load((tree.ROOT / "docs/openapi.yaml").read_text())
    ids = {
        operation["operationId"]
        for item in schema["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    }
    methods = {name for name, _ in inspect.getmembers(resee_client.Resee, inspect.isfunction)}
    assert len(ids) > 90
    assert ids - methods == set()


def test_it_is_one_small_module() -> None:
    source = (tree.ROOT / "docs/resee_client.py").read_text()
    assert len(source) < 100_000
    imported = {
        node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)
    }
    assert imported == {"__future__", "collections.abc", "types", "typing"}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string"}, "str"),
        ({"type": ["number", "null"]}, "float | None"),
        ({"type": "string", "format": "binary"}, "File"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Card"}}, "list[Card]"),
        ({"allOf": [{"$ref": "#/components/schemas/Card"}]}, "Card"),
        ({"oneOf": [{"$ref": "#/components/schemas/Card"}, {"type": "null"}]}, "Card | None"),
        ({"enum": ["A1", 2]}, "Literal['A1', 2]"),
        ({"type": "object", "additionalProperties": {}}, "dict[str, Any]"),
        ({}, "dict[str, Any]"),
    ],
)
def test_a_schema_has_its_type(schema: Any, said: str) -> None:
    assert ClientWriter(_schema(Card={"type": "object"})).expression(schema) == said


def test_a_call_is_written_with_its_arguments() -> None:
    card = {"type": "object", "properties": {"id": {"type": "string"}, "class": {}}}
    schema = _schema(Card={**card, "required": ["id"]}) | {
        "paths": {
            "/cards/{card_id}/": {
                "patch": {
                    "operationId": "cards-update",
                    "summary": "Change a card",
                    "parameters": [
                        {"in": "header", "name": "If-Match", "schema": {"type": "string"}},
                        {"in": "path", "name": "card_id", "schema": {"type": "string"}},
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "responses": {"204": {}},
                }
            }
        }
    }
    source = ClientWriter(schema).source()
    assert (
        "    def cards_update(self, card_id: str, body: dict[str, Any], *, "
        "if_match: str | None = None) -> None:\n" in source
    )
    assert 'self._call("PATCH", f"/cards/{card_id}/", header={"If-Match": if_match}' in source
    compile(source, "client", "exec")
