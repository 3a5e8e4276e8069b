"""OpenAPI: every operation also documents the error envelope."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from config.api.etags import IF_MATCH
from config.api.idempotency import HEADER, KEY_MAX, is_idempotent


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One input field at fault."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]


_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Chosen by you: sent again within 24 hours, the request is done once and "
    "answered the same. 409 while the first is being answered, 422 with another request.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_MAX, "pattern": "^[ -~]+$"},
}


class Schema(AutoSchema):
    """Adds ``application/problem+json`` as the answer to everything that goes wrong."""

    def get_summary(self) -> str | None:
        """Return the first line of the operation's description: what the list of routes shows."""
        summary: str | None = super().get_summary()
        return summary or (self.get_description() or "").partition("\n")[0].rstrip(".") or None

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_parameters()
        if is_idempotent(getattr(self.view, self.method.lower(), None)):
            parameters.append(_IDEMPOTENCY_KEY)
        return parameters

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        self.resolve_serializer(ProblemSerializer(), direction)
        refusals = [code for code in (*self._refusals(), "default") if code not in bodies]
        return bodies | {code: {"$ref": f"#/components/responses/{code}"} for code in refusals}

    def _refusals(self) -> list[str]:
        """Return with which statuses this operation may be refused; examples.py describes them."""
        names = {(each["in"], each["name"]) for each in self._get_parameters()}
        kinds = {kind for kind, _ in names}
        is_closed = bool(self.view.get_authenticators())
        has_body = self.method in {"POST", "PUT", "PATCH"} and self.get_request_serializer()
        is_new = is_idempotent(getattr(self.view, self.method.lower(), None))
        applies = {
            "400": has_body or "query" in kinds or is_new,
            "401": is_closed,
            "403": is_closed,
            "404": "path" in kinds,
            "409": is_new,
            "412": ("header", IF_MATCH.name) in names,
            "415": has_body,
            "422": is_new or has_body,
            "429": True,
        }
        return [code for code, it_does in applies.items() if it_does]
