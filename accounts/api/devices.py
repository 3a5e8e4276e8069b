"""The devices a learner is logged in on, and logging out of them."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import tokens
from accounts.commands.devices import log_out_everywhere, revoke_device
from accounts.queries.devices import devices
from accounts.queries.learners import learner_of


class DeviceSerializer(serializers.Serializer[Any]):
    """One log-in; ``is_current`` marks the one that asks."""

    id = serializers.UUIDField()
    user_agent = serializers.CharField()
    ip = serializers.IPAddressField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    is_current = serializers.BooleanField()


class Devices(APIView):
    """Where the learner is logged in."""

    @extend_schema(
        operation_id="devices_list", responses=DeviceSerializer(many=True), tags=["devices"]
    )
    def get(self, request: Request) -> Response:
        """Return the devices you are logged in on, the last used first."""
        since = timezone.now() - timedelta(seconds=tokens.refresh_seconds())
        claims = cast("dict[str, str]", request.auth)
        return Response(devices(learner_of(request.user), claims=claims, since=since))

    @extend_schema(operation_id="devices_revoke_all", responses={204: None}, tags=["devices"])
    def delete(self, request: Request) -> Response:
        """Log out everywhere, here too: every token, session and API key ends at once."""
        log_out_everywhere(learner=learner_of(request.user))
        return Response(status=204)


class OneDevice(APIView):
    """One of them."""

    @extend_schema(operation_id="devices_revoke", responses={204: None}, tags=["devices"])
    def delete(self, request: Request, device_id: UUID) -> Response:
        """Log this device out: its tokens end at once."""
        learner = learner_of(request.user)
        revoke_device(learner=learner, device_id=device_id, now=timezone.now())
        return Response(status=204)
