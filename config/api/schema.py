"""OpenAPI: every operation also documents the error envelope."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiResponse
from rest_framework import serializers

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
        described = OpenApiResponse(ProblemSerializer, description="What went wrong")
        body = self._get_response_for_code(  # type: ignore[no-untyped-call]
            described, "default", ["application/problem+json"]
        )
        return {**bodies, "default": body}
