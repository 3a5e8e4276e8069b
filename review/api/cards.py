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
from review.commands.duplicates import merge_contents
from review.queries.advice import duplicates


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


class OtherContentSerializer(serializers.Serializer[Any]):
    """The card that goes."""

    content = serializers.UUIDField()


class CardMerge(APIView):
    """Two cards that ask for the same."""

    @extend_schema(
        operation_id="cards_merge",
        request=OtherContentSerializer,
        responses={204: None},
        tags=["cards"],
    )
    def post(self, request: Request, content_id: UUID) -> Response:
        """Archive another card; this one gets what it lacks and the memory of both. Twice is once.

        All reviews of both still count.
        """
        body = OtherContentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        merge_contents(
            learner=learner_of(request.user),
            into_id=content_id,
            from_id=body.validated_data["content"],
            now=timezone.now(),
        )
        return Response(status=204)


class DuplicateQuerySerializer(serializers.Serializer[Any]):
    """Which, and how many."""

    category = serializers.UUIDField(required=False, help_text="The category and all below it")
    limit = serializers.IntegerField(min_value=1, max_value=500, default=100)


class DuplicateCardSerializer(serializers.Serializer[Any]):
    """One of two cards that may be one."""

    id = serializers.UUIDField()
    front = serializers.CharField()
    back = serializers.CharField()
    gloss = serializers.CharField()
    category = serializers.UUIDField()


class DuplicateSerializer(serializers.Serializer[Any]):
    """Two cards that may be one."""

    similarity = serializers.FloatField(help_text="Of the fronts, 0-1; 1: only form differs")
    cards = DuplicateCardSerializer(many=True)


class Duplicates(APIView):
    """Cards that ask for the same."""

    cost = 20

    @extend_schema(
        operation_id="contents_duplicates",
        parameters=[DuplicateQuerySerializer],
        responses=DuplicateSerializer(many=True),
        tags=["contents"],
    )
    def get(self, request: Request) -> Response:
        """Return pairs whose fronts are the same in form, or differ in a letter or two."""
        query = DuplicateQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        learner = learner_of(request.user)
        found = duplicates(learner, limit=wanted["limit"], category_id=wanted.get("category"))
        return Response(found)


urlpatterns = [
    path("duplicates/", Duplicates.as_view(), name="duplicates"),
    path("<uuid:content_id>/merge/", CardMerge.as_view(), name="card-merge"),
    path("<uuid:content_id>/suspend/", CardSuspend.as_view(), name="card-suspend"),
    path("<uuid:content_id>/unsuspend/", CardUnsuspend.as_view(), name="card-unsuspend"),
    path("<uuid:content_id>/bury/", CardBury.as_view(), name="card-bury"),
    path("<uuid:content_id>/reset/", CardReset.as_view(), name="card-reset"),
]
