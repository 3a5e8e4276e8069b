"""Words of a scan become cards over HTTP."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.ai.cefr import LEVELS
from config.api.idempotency import idempotent
from ocr.commands.cards import ChosenWord, WordsAbove, make_cards

WORDS_MAX = 1000


class ChosenWordSerializer(serializers.Serializer[Any]):
    """A word of the scan; what is typed here goes before what the dictionary says."""

    id = serializers.UUIDField(help_text="Of a word of this scan")
    gloss = serializers.CharField(
        max_length=500, allow_blank=True, default="", help_text="In your own language"
    )
    back = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    category = serializers.UUIDField(required=False, help_text="Before the category of the call")


class CardsToMakeSerializer(serializers.Serializer[Any]):
    """Either the chosen words, or all that are harder than a level."""

    words = ChosenWordSerializer(
        many=True,
        required=False,
        allow_empty=False,
        max_length=WORDS_MAX,  # type: ignore[call-arg]
    )
    above_level = serializers.ChoiceField(LEVELS, required=False)
    not_in_collection = serializers.BooleanField(
        default=True,
        help_text="With above_level: leave words you have out of the answer; else they are skipped",
    )
    category = serializers.UUIDField(
        required=False, help_text='The category "Scans" is used, and made, when left out'
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=50, default=list
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both ways at once, and neither."""
        if ("words" in attrs) == ("above_level" in attrs):
            raise serializers.ValidationError("Give either words or above_level.")
        return attrs


class MadeCardSerializer(serializers.Serializer[Any]):
    """A card as it was made."""

    id = serializers.UUIDField()
    category = serializers.UUIDField()
    front = serializers.CharField()
    back = serializers.CharField(help_text="Definition from the dictionary, or what was typed")
    gloss = serializers.CharField()
    example = serializers.CharField(help_text="The page's sentence")


class SkippedWordSerializer(serializers.Serializer[Any]):
    """A word you have a card for already."""

    id = serializers.UUIDField()
    lemma = serializers.CharField()


class MadeCardsSerializer(serializers.Serializer[Any]):
    """What became of the selected words."""

    created = MadeCardSerializer(many=True, help_text="Due now")
    drafts = MadeCardSerializer(many=True, help_text="Without an answer, so not scheduled")
    skipped = SkippedWordSerializer(many=True, help_text="In your collection before")


class ScanCardsView(APIView):
    """Cards from a scan."""

    cost = 10

    @extend_schema(
        operation_id="scans_cards_create",
        request=CardsToMakeSerializer,
        responses={201: MadeCardsSerializer, 200: MadeCardsSerializer},
        tags=["scans"],
    )
    @idempotent
    def post(self, request: Request, scan_id: UUID) -> Response:
        """Make cards of the scan's words, all or none; 200 instead of 201 when all were skipped."""
        body = CardsToMakeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        made = make_cards(
            learner=learner_of(request.user),
            scan_id=scan_id,
            selection=_selection(data),
            category_id=data.get("category"),
            tags=data["tags"],
            now=timezone.now(),
        )
        code = status.HTTP_201_CREATED if made.created or made.drafts else status.HTTP_200_OK
        return Response(MadeCardsSerializer(made).data, status=code)


def _selection(data: dict[str, Any]) -> list[ChosenWord] | WordsAbove:
    if "above_level" in data:
        return WordsAbove(level=data["above_level"], not_in_collection=data["not_in_collection"])
    return [
        ChosenWord(
            id=word["id"],
            gloss=word["gloss"],
            back=word["back"],
            category_id=word.get("category"),
        )
        for word in data["words"]
    ]
