"""The first address a client asks."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView


class RootSerializer(serializers.Serializer[Any]):
    """Where things are."""

    version = serializers.CharField()
    rest = serializers.URLField()
    live = serializers.URLField(help_text="Conversations as they are written: WebSocket, events")
    schema = serializers.URLField()
    docs = serializers.URLField()
    sign_up = serializers.URLField()
    log_in = serializers.URLField()
    refresh = serializers.URLField()
    me = serializers.URLField()


class Root(APIView):
    """Open to everyone."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="root", responses=RootSerializer, tags=["root"])
    def get(self, request: Request) -> Response:
        """Say which version this is and where everything else lives."""
        names = {
            "rest": "root",
            "schema": "schema",
            "docs": "docs",
            "sign_up": "headless:app:account:signup",
            "log_in": "headless:app:account:login",
            "refresh": "headless:app:tokens:refresh",
            "me": "me",
        }
        addresses = {key: reverse(name, request=request) for key, name in names.items()}
        version = settings.SPECTACULAR_SETTINGS["VERSION"]
        return Response({"version": version, **addresses, "live": settings.LIVE_URL})
