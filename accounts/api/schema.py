"""The sign-in routes are allauth's, and so is their specification; here it joins ours."""

import re
from collections.abc import Iterator
from typing import Any

from allauth.headless.constants import Flow
from allauth.headless.spec.internal.schema import get_schema


def add_sign_in(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add allauth's paths and components to the schema; a name that both use is an error."""
    theirs = get_schema()
    paths = {path: item for path, item in theirs["paths"].items() if not _is_closed(path)}
    for path, item in paths.items():
        for method in item.keys() & {"get", "post", "put", "patch", "delete"}:
            item[method]["operationId"] = _operation_id(path, method)
            item[method]["responses"].setdefault("429", {"$ref": "#/components/responses/429"})
    _mend(theirs["components"])
    used = set(_tags(paths))
    ours_first = [{"name": tag} for tag in dict.fromkeys(_tags(result["paths"]))]
    result["tags"] = ours_first + [tag for tag in theirs["tags"] if tag["name"] in used]
    result["paths"] |= paths
    for kind, components in theirs["components"].items():
        ours = result["components"].setdefault(kind, {})
        if doubled := ours.keys() & components.keys():
            raise ValueError(f"two meanings of {kind} {sorted(doubled)} in the schema")
        ours |= components
    return result


def _mend(components: dict[str, Any]) -> None:
    """Describe what is answered where allauth's specification says otherwise."""
    flow = components["schemas"]["Flow"]["properties"]
    flow["id"]["enum"] = [each.value for each in Flow]
    flow["is_pending"] = {"type": "boolean"}
    meta = components["schemas"]["AuthenticationMeta"]["allOf"][1]["properties"]
    meta["is_authenticated"] = {"type": ["boolean", "null"]}
    refused = components["responses"]["ReauthenticationRequired"]["content"]["application/json"]
    answers = ("ReauthenticationResponse", "AuthenticationResponse")  # the second: not signed in
    refused["schema"] = {"anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in answers]}


def _tags(paths: dict[str, Any]) -> Iterator[str]:
    for item in paths.values():
        for operation in item.values():
            yield from operation["tags"] if isinstance(operation, dict) else ()


def _operation_id(path: str, method: str) -> str:
    """Return a name such as ``auth_account_email_post``; allauth gives none."""
    words = re.findall(r"[a-z0-9]+", path.partition("/app/v1/")[2])
    return "_".join(["auth", *(word for word in words if word != "auth"), method])


def _is_closed(path: str) -> bool:
    return "/phone" in path or path.endswith("/provider/redirect")
