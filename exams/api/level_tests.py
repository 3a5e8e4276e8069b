"""Level tests over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from config.api.negotiation import JsonErrors
from config.identifiers import new_public_id
from exams.access import level_tests_of
from exams.commands import level_tests as commands
from exams.item_bank import LETTERS
from exams.level_test import LEVELS, Kind
from exams.models import LevelTest
from exams.queries.level_plot import plot
from exams.queries.level_tests import level_test, measured, shown


class OptionSerializer(serializers.Serializer[Any]):
    """One of the four options."""

    key = serializers.ChoiceField(LETTERS, help_text="To answer with")
    text = serializers.CharField()


class LevelQuestionSerializer(serializers.Serializer[Any]):
    """What is asked now."""

    id = serializers.UUIDField()
    position = serializers.IntegerField(help_text="From 1")
    kind = serializers.ChoiceField([kind.value for kind in Kind])
    passage = serializers.CharField(help_text="To be read first; empty unless the kind is reading")
    stem = serializers.CharField(help_text="A question, or a sentence with a gap: ___")
    options = OptionSerializer(many=True)


class LevelProbabilitiesSerializer(serializers.Serializer[Any]):
    """The probability of each level; together 1."""

    A1 = serializers.FloatField()
    A2 = serializers.FloatField()
    B1 = serializers.FloatField()
    B2 = serializers.FloatField()
    C1 = serializers.FloatField()
    C2 = serializers.FloatField()


class LevelResultSerializer(serializers.Serializer[Any]):
    """What a finished test found."""

    level = serializers.ChoiceField(LEVELS)
    probability = serializers.FloatField(help_text="Of this level")
    probabilities = LevelProbabilitiesSerializer()
    ability = serializers.FloatField(help_text="-4 to 4; a level is 1 wide, B1 ends at 0")
    standard_error = serializers.FloatField(help_text="Of the ability")


class LevelTestSerializer(serializers.Serializer[Any]):
    """A level test: a question while it is open, a result when it is finished."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(LevelTest.State.values)
    started_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField(help_text="No answer counts that comes later")
    ended_at = serializers.DateTimeField(allow_null=True)
    answer_count = serializers.IntegerField()
    answer_count_max = serializers.IntegerField(help_text="Most tests end earlier")
    question = LevelQuestionSerializer(allow_null=True)
    result = LevelResultSerializer(allow_null=True)


class AnsweredItemSerializer(serializers.Serializer[Any]):
    """What was asked and answered."""

    position = serializers.IntegerField()
    level = serializers.ChoiceField(LEVELS)
    kind = serializers.ChoiceField([kind.value for kind in Kind])
    passage = serializers.CharField()
    stem = serializers.CharField()
    options = OptionSerializer(many=True)
    option = serializers.ChoiceField(LETTERS, allow_null=True, help_text="null: I don't know")
    right_option = serializers.ChoiceField(LETTERS)
    is_right = serializers.BooleanField()
    taken_ms = serializers.IntegerField()


class LevelTestWithItemsSerializer(LevelTestSerializer):
    """A level test, with its items once it is finished."""

    items = AnsweredItemSerializer(many=True)


class LevelAnswerSerializer(serializers.Serializer[Any]):
    """One answer; ``id`` makes a repeated request harmless, for ever."""

    question = serializers.UUIDField(help_text="The id of the question that is asked now")
    option = serializers.ChoiceField(LETTERS, allow_null=True, help_text="null: I don't know")
    id = serializers.UUIDField(required=False, help_text="Chosen by the client")


@extend_schema(tags=["level-tests"])
class LevelTests(GenericAPIView[LevelTest]):
    """The learner's level tests."""

    serializer_class = LevelTestSerializer
    queryset = LevelTest.objects.none()

    @extend_schema(operation_id="level_tests_list", responses=LevelTestSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your level tests, newest first."""
        rows = level_tests_of(learner_of(request.user)).select_related("item")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([shown(test) for test in page or []])

    @extend_schema(
        operation_id="level_tests_start", request=None, responses={201: LevelTestSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin a level test: the first question is asked, and 30 minutes begin.

        409 while another is open, for 14 days after a result, or after three starts within a day.
        """
        test = commands.start_level_test(learner=learner_of(request.user), now=timezone.now())
        headers = {"Location": reverse("level-test", args=[test.public_id])}
        return Response(shown(test), status=status.HTTP_201_CREATED, headers=headers)


@extend_schema(tags=["level-tests"])
class OneLevelTest(APIView):
    """One level test."""

    @extend_schema(operation_id="level_tests_get", responses=LevelTestWithItemsSerializer)
    def get(self, request: Request, level_test_id: UUID) -> Response:
        """Return a level test as it stands: a cut connection goes on here."""
        return Response(level_test(learner_of(request.user), level_test_id))


@extend_schema(tags=["level-tests"])
class LevelAnswers(APIView):
    """Answers of a level test."""

    @extend_schema(
        operation_id="level_tests_answer",
        request=LevelAnswerSerializer,
        responses={201: LevelTestSerializer, 200: LevelTestSerializer},
    )
    def post(self, request: Request, level_test_id: UUID) -> Response:
        """Answer the question that is asked now; the next one, or the result, comes back.

        200 instead of 201 when this ``id`` had been recorded before. 409 when the test is over, by
        time too, or when another question is asked.
        """
        body = LevelAnswerSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        test, is_new = commands.answer_question(
            learner=learner_of(request.user),
            test_id=level_test_id,
            given=_given(body.validated_data),
            now=timezone.now(),
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(shown(test), status=code)


@extend_schema(tags=["level-tests"])
class StopLevelTest(APIView):
    """Giving up."""

    @extend_schema(operation_id="level_tests_stop", request=None, responses=LevelTestSerializer)
    def post(self, request: Request, level_test_id: UUID) -> Response:
        """End a test without a result; another may begin at once. Twice is once."""
        learner = learner_of(request.user)
        test = commands.stop_level_test(learner=learner, test_id=level_test_id, now=timezone.now())
        return Response(shown(test))


class LevelPlot(APIView):
    """The learner's levels over time."""

    content_negotiation_class = JsonErrors

    @extend_schema(
        operation_id="level_tests_plot",
        responses={(200, "image/svg+xml"): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["level-tests"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Return a picture of your results, each with its 95 % interval."""
        picture = plot(measured(learner_of(request.user)))
        return HttpResponse(picture, content_type="image/svg+xml")


def _given(data: dict[str, Any]) -> commands.GivenAnswer:
    letter = data["option"]
    return commands.GivenAnswer(
        public_id=data.get("id") or new_public_id(),
        question_id=data["question"],
        option=None if letter is None else LETTERS.index(letter),
    )


urlpatterns = [
    path("", LevelTests.as_view(), name="level-tests"),
    path("history.svg", LevelPlot.as_view(), name="level-plot"),
    path("<uuid:level_test_id>/", OneLevelTest.as_view(), name="level-test"),
    path("<uuid:level_test_id>/answers/", LevelAnswers.as_view(), name="level-test-answers"),
    path("<uuid:level_test_id>/stop/", StopLevelTest.as_view(), name="level-test-stop"),
]
