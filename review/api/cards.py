"""What a learner does to a card besides answering it, over HTTP."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from review.api.reviews import RecordedReviewSerializer, recorded_shown
from review.commands import cards as commands


class SiblingsSerializer(serializers.Serializer[Any]):
    """Which cards are meant."""

    siblings = serializers.BooleanField(
        default=False, help_text="The cards made from the same note too"
    )


class CardCountSerializer(serializers.Serializer[Any]):
    """How many cards that changed."""

    card_count = serializers.IntegerField()


def _siblings(request: Request) -> bool:
    body = SiblingsSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return bool(body.validated_data["siblings"])


@extend_schema(tags=["cards"], request=SiblingsSerializer, responses=CardCountSerializer)
class CardSuspend(APIView):
    """Aside."""

    @extend_schema(operation_id="cards_suspend")
    def post(self, request: Request, content_id: UUID) -> Response:
        """Take a card out of reviews until it is woken."""
        count = commands.suspend(
            learner=learner_of(request.user),
            content_id=content_id,
            now=timezone.now(),
            siblings=_siblings(request),
        )
        return Response({"card_count": count})


@extend_schema(tags=["cards"], request=SiblingsSerializer, responses=CardCountSerializer)
class CardUnsuspend(APIView):
    """Back."""

    @extend_schema(operation_id="cards_unsuspend")
    def post(self, request: Request, content_id: UUID) -> Response:
        """Wake a suspended or buried card."""
        count = commands.unsuspend(
            learner=learner_of(request.user), content_id=content_id, siblings=_siblings(request)
        )
        return Response({"card_count": count})


@extend_schema(tags=["cards"], request=SiblingsSerializer, responses=CardCountSerializer)
class CardBury(APIView):
    """Not today."""

    @extend_schema(operation_id="cards_bury")
    def post(self, request: Request, content_id: UUID) -> Response:
        """Hide a card until your next day begins."""
        count = commands.bury(
            learner=learner_of(request.user),
            content_id=content_id,
            now=timezone.now(),
            siblings=_siblings(request),
        )
        return Response({"card_count": count})


@extend_schema(tags=["cards"], request=None, responses={201: RecordedReviewSerializer})
class CardReset(APIView):
    """From the beginning."""

    @extend_schema(operation_id="cards_reset")
    @idempotent
    def post(self, request: Request, content_id: UUID) -> Response:
        """Make a card new again; its past reviews still count, and undo takes the reset back."""
        recorded = commands.reset(
            learner=learner_of(request.user), content_id=content_id, now=timezone.now()
        )
        return Response(recorded_shown(recorded), status=201)


urlpatterns = [
    path("<uuid:content_id>/suspend/", CardSuspend.as_view(), name="card-suspend"),
    path("<uuid:content_id>/unsuspend/", CardUnsuspend.as_view(), name="card-unsuspend"),
    path("<uuid:content_id>/bury/", CardBury.as_view(), name="card-bury"),
    path("<uuid:content_id>/reset/", CardReset.as_view(), name="card-reset"),
]
