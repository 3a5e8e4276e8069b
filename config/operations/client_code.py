"""A typed Python client, written from the OpenAPI schema: one module that needs httpx alone.

Written here, for the generators there are make a package per operation (more code than the product)
or types without calls.
"""

import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

from config.operations.client_head import HEAD

_METHODS = ("get", "post", "put", "patch", "delete")
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_OF_THE_CLIENT = {"x_session_token"}  # who calls is known by the client's own headers
_ALIAS = re.compile(r"\W")


class ClientWriter:
    """Turns one schema into source code; what is too loose to be typed is ``dict[str, Any]``."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._named: dict[str, None] = {}  # the components that were asked for, in their order

    def source(self) -> str:
        """Return the module."""
        methods = [
            self._method(path, method, item[method], item.get("parameters", []))
            for path, item in self._schema["paths"].items()
            for method in _METHODS
            if method in item
        ]
        types = list(self._types())
        return "\n".join([HEAD.replace("# types\n", "\n".join(types)), *methods, ""])

    def _types(self) -> Iterator[str]:
        written = 0
        while written < len(self._named):  # a type may ask for more
            name = list(self._named)[written]
            yield self._type(name, self._schema["components"]["schemas"][name])
            written += 1

    def _type(self, name: str, schema: Mapping[str, Any]) -> str:
        fields = schema.get("properties")
        if not fields or not all(key.isidentifier() for key in fields):
            return f'{_identifier(name)}: TypeAlias = "{self.expression(schema)}"\n'
        required = set(schema.get("required", ()))
        lines = [f"\nclass {_identifier(name)}(TypedDict):"]
        if told := " ".join(str(schema.get("description", "")).split()):
            lines.append(f"    {_quoted(told)}\n")
        for key, each in fields.items():
            said = self.expression(each)
            lines.append(f"    {key}: {said if key in required else f'NotRequired[{said}]'}")
        return "\n".join([*lines, ""])

    def expression(self, schema: Mapping[str, Any]) -> str:
        """Return the annotation that stands for a schema."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            self._named.setdefault(name)
            return _identifier(name)
        if "allOf" in schema:
            parts = schema["allOf"]
            return self.expression(parts[0]) if len(parts) == 1 else "dict[str, Any]"
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                return " | ".join(dict.fromkeys(map(self.expression, schema[choice])))
        if "enum" in schema:
            return f"Literal[{', '.join(map(repr, schema['enum']))}]".replace('"', "'")
        kinds = schema.get("type", "object")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        return " | ".join(self._kind(kind, schema) for kind in kinds)

    def _kind(self, kind: str, schema: Mapping[str, Any]) -> str:
        if schema.get("format") == "binary":
            return "File"
        if kind == "array":
            return f"list[{self.expression(schema['items'])}]"
        return _PLAIN.get(kind, "dict[str, Any]")

    def _resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part:
            kind, name = part["$ref"].split("/")[-2:]
            part = self._schema["components"][kind][name]
        return part

    def _method(
        self, path: str, method: str, operation: Mapping[str, Any], shared: list[Any]
    ) -> str:
        needed: dict[str, str] = dict.fromkeys(re.findall(r"{(\w+)}", path), "str")
        options: list[str] = []
        places: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for each in map(self._resolved, [*shared, *operation.get("parameters", [])]):
            name = _identifier(each["name"].lower().replace("-", "_"))
            said = self.expression(each["schema"])
            if each["in"] == "path":
                needed[each["name"]] = said
            elif name not in _OF_THE_CLIENT:
                options.append(f"{name}: {said} | None = None")
                places[each["in"]][each["name"]] = name
        body, sent = self._sent(operation)
        arguments = ["self", *(f"{name}: {said}" for name, said in needed.items()), *body]
        arguments += ["*", *options] if options else []
        returns, reads = self._returns(operation)
        call = [f'"{method.upper()}"', f'{"f" if needed else ""}"{path}"']
        call += [f"{name}={_mapping(values)}" for name, values in places.items() if values]
        call += [*sent, *reads]
        head = f"def {_identifier(operation['operationId'])}({', '.join(arguments)}) -> {returns}:"
        told = _quoted(str(operation.get("summary", "")).strip())
        does = f"return self._call({', '.join(call)})"
        return f"\n    {head}\n        {told}\n        {does}"

    def _sent(self, operation: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        """Return the argument that the body is, and how it is handed on."""
        body = self._resolved(operation.get("requestBody", {}))
        for media_type, content in body.get("content", {}).items():
            said = self.expression(content["schema"])
            is_form = media_type.startswith("multipart")
            optional = "" if body.get("required", True) else " | None = None"
            return [f"body: {said}{optional}"], ["form=body" if is_form else "body=body"]
        return [], []

    def _returns(self, operation: Mapping[str, Any]) -> tuple[str, list[str]]:
        found: dict[str, None] = {}
        reads: list[str] = []
        for status, answer in operation["responses"].items():
            for media_type, content in self._resolved(answer).get("content", {}).items():
                if status.startswith("2"):
                    is_json = media_type == "application/json"
                    found.setdefault(self.expression(content["schema"]) if is_json else "bytes")
                    reads = [] if is_json else ["is_json=False"]
        return " | ".join(found) or "None", reads


def _identifier(name: str) -> str:
    plain = _ALIAS.sub("_", name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _mapping(names: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'"{key}": {value}' for key, value in names.items()) + "}"


def _quoted(text: str) -> str:
    return f'"""{text.rstrip(".")}."""'
