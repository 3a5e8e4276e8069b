"""Attempts at exams over HTTP."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.identifiers import new_public_id
from exams.access import attempts_of
from exams.commands import attempts as commands
from exams.commands.lapses import confirm_lapses
from exams.commands.reporting import appeal
from exams.marking import Verdict
from exams.models import Appeal, Attempt, Grading, Question
from exams.queries import attempts as queries
from exams.queries.attempts import LETTERS
from exams.validation import PAIRS_MAX, Kind


class ExamOptionSerializer(serializers.Serializer[Any]):
    """One of the options."""

    key = serializers.ChoiceField(LETTERS, help_text="To answer with")
    text = serializers.CharField()


class ExamQuestionSerializer(serializers.Serializer[Any]):
    """What is asked. Cloze: the gap ___; multiple choice, typing: the word of this meaning.

    Listening: the word that is heard, or lacks in the stem.
    """

    id = serializers.UUIDField()
    position = serializers.IntegerField(help_text="From 1")
    kind = serializers.ChoiceField([kind.value for kind in Kind])
    answer_with = serializers.ChoiceField(["option", "options", "text"])
    stem = serializers.CharField()
    hint = serializers.CharField(help_text="What the word in the gap means")
    prompts = serializers.ListField(
        child=serializers.CharField(), help_text="When matching: one option for each, in order"
    )
    options = ExamOptionSerializer(many=True)
    audio = serializers.CharField(allow_null=True, help_text="What is heard when listening: a WAV")


class AttemptResultSerializer(serializers.Serializer[Any]):
    """What came of it so far."""

    points = serializers.FloatField(help_text="0 to 1 a question")
    question_count = serializers.IntegerField(help_text="Withdrawn ones left out")
    ungraded_count = serializers.IntegerField(help_text="Open answers not graded yet")
    score = serializers.FloatField(
        allow_null=True, help_text="Points a question that is graded; unanswered ones are 0"
    )


class AttemptSerializer(serializers.Serializer[Any]):
    """An attempt: a question while it is open, a result when it is over."""

    id = serializers.UUIDField()
    exam = serializers.UUIDField()
    state = serializers.ChoiceField(Attempt.State.values)
    started_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField(help_text="No answer counts that comes later")
    ended_at = serializers.DateTimeField(allow_null=True)
    answer_count = serializers.IntegerField()
    question = ExamQuestionSerializer(allow_null=True)
    result = AttemptResultSerializer(allow_null=True)


class GradedAnswerSerializer(serializers.Serializer[Any]):
    """An answer and what was said of it; ``graded_by`` model or keywords: a machine's opinion."""

    id = serializers.UUIDField()
    question = ExamQuestionSerializer()
    is_withdrawn = serializers.BooleanField(help_text="It does not count")
    options = serializers.ListField(child=serializers.ChoiceField(LETTERS))
    text = serializers.CharField()
    right_options = serializers.ListField(child=serializers.ChoiceField(LETTERS))
    right_text = serializers.CharField()
    verdict = serializers.ChoiceField([*(each.value for each in Verdict), "not_graded_yet"])
    points = serializers.FloatField(allow_null=True)
    graded_by = serializers.ChoiceField(Grading.Grader.values, allow_null=True)
    is_uncertain = serializers.BooleanField(help_text="Two opinions of the model differ")
    feedback = serializers.CharField()
    appeal = serializers.ChoiceField(Appeal.State.values, allow_null=True)
    taken_ms = serializers.IntegerField()
    source = serializers.ChoiceField(  # type: ignore[assignment]
        Question.Source.values, help_text="Who wrote the question"
    )


class ProposedReviewSerializer(serializers.Serializer[Any]):
    """A review that is recorded if you confirm it."""

    content = serializers.UUIDField()
    front = serializers.CharField()
    rating = serializers.ChoiceField(["again"])
    answered_at = serializers.DateTimeField()


class AttemptWithAnswersSerializer(AttemptSerializer):
    """An attempt; once it is over with its answers, and the reviews these propose."""

    answers = GradedAnswerSerializer(many=True)
    proposed_reviews = ProposedReviewSerializer(many=True)


class ExamAnswerSerializer(serializers.Serializer[Any]):
    """One answer; ``id`` makes a repeated request harmless, for ever. Empty: I don't know."""

    question = serializers.UUIDField(help_text="The id of the question that is asked now")
    options = serializers.ListField(
        child=serializers.ChoiceField(LETTERS),
        max_length=PAIRS_MAX,
        default=list,
        help_text="One letter; when matching one for each prompt",
    )
    text = serializers.CharField(max_length=commands.TEXT_MAX, allow_blank=True, default="")
    id = serializers.UUIDField(required=False, help_text="Chosen by the client")


class ConfirmSerializer(serializers.Serializer[Any]):
    """Cards of the proposed reviews."""

    contents = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=300)


class ConfirmedReviewSerializer(serializers.Serializer[Any]):
    """What became of a card; ``code`` says why nothing was recorded."""

    content = serializers.UUIDField()
    is_recorded = serializers.BooleanField()
    code = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)


class AppealSerializer(serializers.Serializer[Any]):
    """Why a verdict is wrong."""

    text = serializers.CharField(max_length=2000)


class ShownAppealSerializer(serializers.Serializer[Any]):
    """An appeal; a person decides."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(Appeal.State.values)
    created_at = serializers.DateTimeField()


@extend_schema(tags=["exams"])
class Attempts(GenericAPIView[Attempt]):
    """The learner's attempts."""

    serializer_class = AttemptSerializer
    queryset = Attempt.objects.none()
    filter_backends = ()

    @extend_schema(operation_id="attempts_list", responses=AttemptSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your attempts, newest first."""
        rows = attempts_of(learner_of(request.user)).select_related("exam", "question")
        page, now = self.paginate_queryset(rows) or [], timezone.now()
        return self.get_paginated_response([queries.shown(each, now=now) for each in page])


@extend_schema(tags=["exams"])
class OneAttempt(APIView):
    """One attempt."""

    @extend_schema(operation_id="attempts_get", responses=AttemptWithAnswersSerializer)
    def get(self, request: Request, attempt_id: UUID) -> Response:
        """Return an attempt as it stands: a cut connection goes on here."""
        learner = learner_of(request.user)
        return Response(queries.attempt(learner, attempt_id, now=timezone.now()))


@extend_schema(tags=["exams"])
class ExamAnswers(APIView):
    """Answers of an attempt."""

    @extend_schema(
        operation_id="attempts_answer",
        request=ExamAnswerSerializer,
        responses={201: AttemptSerializer, 200: AttemptSerializer},
    )
    def post(self, request: Request, attempt_id: UUID) -> Response:
        """Answer the question that is asked now; the next one, or the result, comes back.

        200 instead of 201 when this ``id`` had been recorded before. 409 when the attempt is over,
        by time too, or when another question is asked.
        """
        body = ExamAnswerSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data, now = body.validated_data, timezone.now()
        given = commands.GivenAnswer(
            public_id=data.get("id") or new_public_id(),
            question_id=data["question"],
            chosen=[LETTERS.index(letter) for letter in data["options"]],
            text=data["text"],
        )
        attempt, is_new = commands.answer_question(
            learner=learner_of(request.user), attempt_id=attempt_id, given=given, now=now
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(queries.shown(attempt, now=now), status=code)


@extend_schema(tags=["exams"])
class FinishAttempt(APIView):
    """Ending before all is asked."""

    @extend_schema(operation_id="attempts_finish", request=None, responses=AttemptSerializer)
    def post(self, request: Request, attempt_id: UUID) -> Response:
        """End an attempt with what was answered. Twice is once."""
        learner, now = learner_of(request.user), timezone.now()
        attempt = commands.finish_attempt(learner=learner, attempt_id=attempt_id, now=now)
        return Response(queries.shown(attempt, now=now))


@extend_schema(tags=["exams"])
class ConfirmReviews(APIView):
    """Reviews that an attempt proposes."""

    @extend_schema(
        operation_id="attempts_confirm_reviews",
        request=ConfirmSerializer,
        responses=ConfirmedReviewSerializer(many=True),
    )
    def post(self, request: Request, attempt_id: UUID) -> Response:
        """Record proposed reviews, each as of its answer. Nothing is recorded without this."""
        body = ConfirmSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        found = confirm_lapses(
            learner=learner_of(request.user),
            attempt_id=attempt_id,
            content_ids=body.validated_data["contents"],
            now=timezone.now(),
        )
        return Response(
            [
                {
                    "content": each.content_id,
                    "is_recorded": each.is_recorded,
                    "code": each.code,
                    "due_at": each.due_at,
                }
                for each in found
            ]
        )


@extend_schema(tags=["exams"])
class AppealAnswer(APIView):
    """Verdicts that are wrong."""

    @extend_schema(
        operation_id="attempts_appeal",
        request=AppealSerializer,
        responses={201: ShownAppealSerializer, 200: ShownAppealSerializer},
    )
    def post(self, request: Request, attempt_id: UUID, answer_id: UUID) -> Response:
        """Ask a person to look at a verdict; one appeal an answer, 200 when there is one."""
        body = AppealSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made, is_new = appeal(
            learner=learner_of(request.user),
            attempt_id=attempt_id,
            answer_id=answer_id,
            text=body.validated_data["text"],
            now=timezone.now(),
        )
        shown = {"id": made.public_id, "state": made.state, "created_at": made.created_at}
        return Response(shown, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


urlpatterns = [
    path("", Attempts.as_view(), name="attempts"),
    path("<uuid:attempt_id>/", OneAttempt.as_view(), name="attempt"),
    path("<uuid:attempt_id>/answers/", ExamAnswers.as_view(), name="attempt-answers"),
    path("<uuid:attempt_id>/finish/", FinishAttempt.as_view(), name="attempt-finish"),
    path("<uuid:attempt_id>/reviews/", ConfirmReviews.as_view(), name="attempt-reviews"),
    path(
        "<uuid:attempt_id>/answers/<uuid:answer_id>/appeal/",
        AppealAnswer.as_view(),
        name="answer-appeal",
    ),
]
