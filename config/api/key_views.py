"""A learner's API keys over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api import keys
from config.api.models import ApiKey


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key; ``prefix`` is how it begins."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(keys.SCOPES), min_length=1)
    expires_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="Never when left out"
    )

    class Meta:
        model = ApiKey
        fields = ("id", "name", "scopes", "expires_at", "prefix", "last_used_at", "created_at")
        read_only_fields = ("prefix", "last_used_at", "created_at")


class NewApiKeySerializer(ApiKeySerializer):
    """A key just made."""

    key = serializers.CharField(read_only=True, help_text="Shown this once: keep it")

    class Meta(ApiKeySerializer.Meta):
        fields = (*ApiKeySerializer.Meta.fields, "key")  # type: ignore[assignment]


class ApiKeys(GenericAPIView[ApiKey]):
    """The learner's keys."""

    serializer_class = ApiKeySerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[ApiKey]:
        """Return the learner's own."""
        return keys.keys_of(self.request.user.pk or 0)

    @extend_schema(
        operation_id="api_keys_list", responses=ApiKeySerializer(many=True), tags=["api-keys"]
    )
    def get(self, request: Request) -> Response:
        """Return your keys, newest first; revoked ones are gone."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(ApiKeySerializer(page, many=True).data)

    @extend_schema(
        operation_id="api_keys_create",
        request=ApiKeySerializer,
        responses={201: NewApiKeySerializer},
        tags=["api-keys"],
    )
    def post(self, request: Request) -> Response:
        """Make a key for a script; its text is shown in this answer and never again."""
        body = ApiKeySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        key, text = keys.create_key(
            user_id=int(request.user.pk or 0), now=timezone.now(), **body.validated_data
        )
        shown: dict[str, Any] = {**ApiKeySerializer(key).data, "key": text}
        return Response(shown, status=status.HTTP_201_CREATED)


class ApiKeyDetail(APIView):
    """One key."""

    @extend_schema(operation_id="api_keys_revoke", responses={204: None}, tags=["api-keys"])
    def delete(self, request: Request, key_id: UUID) -> Response:
        """Revoke a key at once."""
        keys.revoke_key(user_id=int(request.user.pk or 0), key_id=key_id, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


urlpatterns = [
    path("", ApiKeys.as_view(), name="api-keys"),
    path("<uuid:key_id>/", ApiKeyDetail.as_view(), name="api-key"),
]
