"""OpenAPI: an example of every body, made of its schema and the samples below; and the refusals.

One story is told everywhere: Mina has photographed a page on which "reluctant" stands.
"""

from collections.abc import Mapping
from typing import Any

from config.api.problems import MEDIA_TYPE

_ID = "01932c07-a000-7000-8000-000000000001"
_ROOT = "https://resee.example.com/api"
_SCAN = f"{_ROOT}/v1/scans/{_ID}/"
_SIGN_IN = f"{_ROOT}/v1/auth/app/v1"
_FORMATS = {
    "uuid": _ID,
    "date-time": "2026-03-02T09:30:00Z",
    "date": "2026-03-02",
    "email": "mina@example.com",
    "binary": "(the bytes of a file)",
}
SAMPLES: Mapping[str, Any] = {
    "advice": "Today: practise reluctant, and look at articles.",
    "answer": "A verb tells what somebody does.",
    "answered_by": "model",
    "audio": f"/api/v1/speech/{_ID}/audio/",
    "back": "not wanting to do something",
    "below_days": 7,
    "byte_count": 248_113,
    "cards": f"{_SCAN}cards/",
    "code": "invalid",
    "columns": "front",
    "confidence": 0.98,
    "crop": "0,0.1,1,0.5",
    "desired_retention": 0.9,
    "detail": "This field may not be blank.",
    "difficulty": 5.3,
    "docs": f"{_ROOT}/docs/",
    "encoding": "utf-8",
    "engine_version": "PP-OCRv5 stable",
    "events": f"{_SCAN}events/",
    "example": "She was reluctant to give up.",
    "expires_at": "2027-03-02T00:00:00Z",
    "feedback": "Well done: the sentence shows what the word means.",
    "field": "front",
    "file_name": "page.jpg",
    "forms": "reluctant",
    "frequency": 3.9,
    "from_days": 1,
    "front": "reluctant",
    "explanation": "Press AGAIN for what you had forgotten.",
    "full_text": "She was reluctant to give up.",
    "gloss": "마지못해 하는",
    "gloss_suggestions": "마지못해 하는",
    "grammar": "article",
    "group": "Class 3",
    "period": "day",
    "height": 1600,
    "hint": "not wanting to do something",
    "intent": "chat",
    "ip": "192.0.2.7",
    "key": "resee_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9d",
    "kind": "review.import_anki",
    "language": "en",
    "lemma": "reluctant",
    "level": "B2",
    "live": "https://resee.example.com/live/v1/",
    "log_in": f"{_SIGN_IN}/auth/login",
    "me": f"{_ROOT}/v1/me/",
    "media_type": "image/jpeg",
    "name": "Mina",
    "native_language": "ko",
    "next": None,
    "passage": "The bus was late again, so she walked.",
    "polygon": 12.5,
    "prefix": "resee_aB3dE5",
    "previous": None,
    "problem": "invalid",
    "prompts": "reluctant",
    "rating": 3,
    "reason": "There is no front.",
    "refresh": f"{_SIGN_IN}/tokens/refresh",
    "rest": f"{_ROOT}/v1/",
    "retrievability": 0.93,
    "right_text": "reluctant",
    "rows": "reluctant",
    "schema": f"{_ROOT}/schema/",
    "scopes": "reviews:read",
    "self": _SCAN,
    "sentence": "She was reluctant to give up.",
    "separator": "tab",
    "sign_up": f"{_SIGN_IN}/auth/signup",
    "stability": 3.2,
    "stage": "review",
    "status": 400,
    "stem": "She was ___ to give up.",
    "success_rate": 0.9,
    "tags": "chapter 3",
    "taken_ms": 4200,
    "teacher": "Ms Kim",
    "target_language": "en",
    "text": "She was reluctant to give up.",
    "texts": "What is a verb?",
    "time_zone": "Asia/Seoul",
    "title": "Invalid input",
    "type": "urn:resee:problem:invalid",
    "user_agent": "Resee for Android 1.2",
    "version": "1",
    "weights": 1.5,
    "width": 1200,
}
UNTOLD = "..."  # a text without a sample: a test finds it
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}
REFUSALS = {
    "400": "The input is not acceptable: `errors` names each field at fault",
    "401": "Nobody is signed in, or the token or key is not good any more",
    "403": "The API key's scopes do not reach this",
    "404": "There is no such thing, or it is another learner's",
    "409": "This contradicts what there is, or the first request with this key is being answered",
    "412": "It has changed since the ETag was given",
    "415": "The body's Content-Type is not read here",
    "422": "The input cannot be carried out, or this key came with another request",
    "429": "Too many requests: wait as long as Retry-After says",
    "default": "What went wrong",
}
_METHODS = {"get", "post", "put", "patch", "delete"}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Describe the refusals and give every body an example; a hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    result["components"]["responses"] = {
        code: {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for code, description in REFUSALS.items()
    }
    for item in result["paths"].values():
        for method in item.keys() & _METHODS:
            operation = item[method]
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media_type, content in body.get("content", {}).items():
                    _add(content, media_type, schemas)
    return result


def _add(content: dict[str, Any], media_type: str, schemas: Mapping[str, Any]) -> None:
    if media_type == "text/event-stream":
        content["example"] = 'event: page\nid: 1\ndata: {"number": 1}\n\n'
    elif content["schema"].get("format") != "binary":
        content["example"] = example(content["schema"], schemas)


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "") -> Any:
    """Return a value of ``schema``; ``name`` is the field's, whose sample is taken if it fits."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    for choice in ("allOf", "oneOf", "anyOf"):
        if choice in schema:
            return example(schema[choice][0], schemas, name)
    if "enum" in schema:
        return SAMPLES[name] if SAMPLES.get(name) in schema["enum"] else schema["enum"][0]
    types = schema.get("type", "object")
    types = types if isinstance(types, list) else [types]
    if "object" in types:
        fields = schema.get("properties", {})
        return {field: example(each, schemas, field) for field, each in fields.items()}
    if "array" in types:
        return [example(schema["items"], schemas, name)] * schema.get("minItems", 1)
    return _plain(schema, types, name)


def _plain(schema: Mapping[str, Any], types: list[str], name: str) -> Any:
    kinds = tuple(kind for each in types for kind in _TYPES.get(each, ()))
    if name in SAMPLES and isinstance(SAMPLES[name], kinds):
        return SAMPLES[name]
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if "boolean" in types:
        return schema.get("default", True)
    if "string" in types:
        return UNTOLD
    return schema.get("default", min(max(1, schema.get("minimum", 0)), schema.get("maximum", 1)))
