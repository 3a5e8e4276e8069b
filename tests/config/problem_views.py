"""Addresses that fail in every way there is, for the tests of the error envelope."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import Http404
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import errors

handler400 = "config.api.problems.bad_request"
handler404 = "config.api.problems.not_found"
handler500 = "config.api.problems.server_error"


class Card(serializers.Serializer[Any]):
    front = serializers.CharField(max_length=5)


class Batch(serializers.Serializer[Any]):
    name = serializers.CharField()
    cards = Card(many=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=3), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["name"] == "nobody":
            raise serializers.ValidationError("A batch of nobody.", code="nobody")
        return attrs


def _store_nul() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", ["a\0b"])


def _raise(error: Exception) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


FAULTS: dict[str, Callable[[], None]] = {
    "conflict": _raise(errors.Conflict("It is there already.", field="name")),
    "unavailable": _raise(errors.Unavailable("Come back.", retry_after_seconds=7)),
    "throttled": _raise(exceptions.Throttled(wait=2.2)),
    "http404": _raise(Http404()),
    "denied": _raise(PermissionDenied()),
    "suspicious": _raise(SuspiciousOperation()),
    "nul": _store_nul,
    "fault": _raise(ZeroDivisionError()),
}


class Fails(APIView):
    permission_classes = (AllowAny,)

    def get(self, request: Request, fault: str) -> Response:
        FAULTS[fault]()
        return Response({})


class Batches(APIView):
    permission_classes = (AllowAny,)

    def post(self, request: Request) -> Response:
        batch = Batch(data=request.data)
        batch.is_valid(raise_exception=True)
        return Response(batch.validated_data)


class Forms(Batches):
    parser_classes = (MultiPartParser,)


urlpatterns = [
    path("fails/<fault>", Fails.as_view()),
    path("batches", Batches.as_view()),
    path("forms", Forms.as_view()),
]
