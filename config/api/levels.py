"""How hard a text is, over HTTP."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.ai.cefr import LEVELS
from config.ai.cefr_texts import CHARACTERS_MAX, text_level


class TextSerializer(serializers.Serializer[Any]):
    """A text to be graded; one without English words, or too long, is refused with 422."""

    text = serializers.CharField(
        allow_blank=True,
        help_text=f"English, a sentence or more; {CHARACTERS_MAX:,} characters at most.",
    )


class ProbabilitiesSerializer(serializers.Serializer[Any]):
    """The probability of each level; together 1."""

    A1 = serializers.FloatField()
    A2 = serializers.FloatField()
    B1 = serializers.FloatField()
    B2 = serializers.FloatField()
    C1 = serializers.FloatField()
    C2 = serializers.FloatField()


class TextLevelSerializer(serializers.Serializer[Any]):
    """How hard the text is to read: not how well its author writes."""

    level = serializers.ChoiceField(choices=LEVELS)
    probabilities = ProbabilitiesSerializer()
    by = serializers.ChoiceField(
        choices=("classifier", "lexical"),
        help_text="lexical: the classifier did not answer in time, words and sentence length did.",
    )


class Levels(APIView):
    """Nothing of the text is kept but its hash and its level."""

    @extend_schema(
        operation_id="levels_grade",
        request=TextSerializer,
        responses=TextLevelSerializer,
        tags=["levels"],
    )
    def post(self, request: Request) -> Response:
        """Grade a text from A1 to C2 by how hard it is to read."""
        body = TextSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        found = text_level(body.validated_data["text"])
        shares = dict(zip(LEVELS, found.distribution, strict=True))
        return Response({"level": found.level, "probabilities": shares, "by": found.by})
