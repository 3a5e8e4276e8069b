"""Exams over HTTP: made on demand or each week; questions that are wrong are reported."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from exams.access import exam_of, exams_of
from exams.api.attempts import AttemptSerializer
from exams.commands import exams as commands
from exams.commands.attempts import start_attempt
from exams.commands.reporting import report_question
from exams.models import Exam, ExamPlan
from exams.models.exams import MINUTES_MAX, SIZE_MAX
from exams.queries import attempts as queries
from exams.queries.plans import plan_of
from exams.validation import Kind

KINDS = [kind.value for kind in Kind]


class ExamWishSerializer(serializers.Serializer[Any]):
    """What an exam is to be made of; conditions add up."""

    size = serializers.IntegerField(min_value=1, max_value=SIZE_MAX, default=20)
    minutes = serializers.IntegerField(min_value=1, max_value=MINUTES_MAX, default=30)
    choice = serializers.ChoiceField(
        ExamPlan.Choice.values, default="all", help_text="Which cards come first"
    )
    category = serializers.UUIDField(
        allow_null=True, default=None, help_text="The category and all below it"
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=20,
        default=list,
        help_text="Cards with one of these",
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField(KINDS),
        min_length=1,
        max_length=len(KINDS),
        default=lambda: KINDS[:4],
        help_text="In turn; where a card does not suffice for one, another stands in",
    )
    with_model = serializers.BooleanField(
        default=False,
        help_text="A model writes new sentences until the first attempt begins; see `job`",
    )


class ExamSerializer(serializers.Serializer[Any]):
    """An exam; its questions are seen one after another in an attempt."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    week_on = serializers.DateField(allow_null=True, help_text="Monday of its week, if weekly")
    minutes = serializers.IntegerField()
    question_count = serializers.IntegerField()
    count_by_kind = serializers.DictField(child=serializers.IntegerField())
    job = serializers.UUIDField(allow_null=True, help_text="By which a model writes sentences")


class ExamPlanSerializer(ExamWishSerializer):
    """The weekly exam; ``exam`` is this week's."""

    exam = serializers.UUIDField(allow_null=True, read_only=True)


class ReportSerializer(serializers.Serializer[Any]):
    """What is wrong with a question."""

    text = serializers.CharField(max_length=500, allow_blank=True, default="")


class ReportedSerializer(serializers.Serializer[Any]):
    """A question that counts no more."""

    id = serializers.UUIDField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


@extend_schema(tags=["exams"])
class Exams(GenericAPIView[Exam]):
    """The learner's exams."""

    serializer_class = ExamSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Exam]:
        """Return the learner's own."""
        if getattr(self, "swagger_fake_view", False):
            return Exam.objects.none()
        return exams_of(learner_of(self.request.user))

    @extend_schema(operation_id="exams_list", responses=ExamSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your exams, newest first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(queries.exams(list(page)))

    @extend_schema(
        operation_id="exams_make", request=ExamWishSerializer, responses={201: ExamSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make an exam from your own cards; it can be taken at once.

        409 when no card says enough for a question. Fewer cards make a smaller exam.
        """
        learner = learner_of(request.user)
        exam = commands.make_exam(learner=learner, wish=_wish(request), now=timezone.now())
        headers = {"Location": reverse("exam", args=[exam.public_id])}
        return Response(queries.exam(exam), status=status.HTTP_201_CREATED, headers=headers)


@extend_schema(tags=["exams"])
class OneExam(APIView):
    """One exam."""

    @extend_schema(operation_id="exams_get", responses=ExamSerializer)
    def get(self, request: Request, exam_id: UUID) -> Response:
        """Return an exam."""
        return Response(queries.exam(exam_of(learner_of(request.user), exam_id)))


@extend_schema(tags=["exams"])
class WeeklyExam(APIView):
    """The wish for an exam a week."""

    @extend_schema(operation_id="exams_weekly_get", responses=ExamPlanSerializer)
    def get(self, request: Request) -> Response:
        """Return what your weekly exam is made of; 404 while you want none."""
        return Response(plan_of(learner_of(request.user)))

    @extend_schema(
        operation_id="exams_weekly_put", request=ExamWishSerializer, responses=ExamPlanSerializer
    )
    def put(self, request: Request) -> Response:
        """Have an exam made for each of your weeks; this week's is made at once."""
        learner = learner_of(request.user)
        commands.plan_exams(learner=learner, wish=_wish(request), now=timezone.now())
        return Response(plan_of(learner))

    @extend_schema(operation_id="exams_weekly_delete", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Want no weekly exam any more; those there are stay."""
        commands.stop_planning(learner=learner_of(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["exams"])
class ExamAttempts(APIView):
    """Attempts at one exam."""

    @extend_schema(operation_id="exams_attempt", request=None, responses={201: AttemptSerializer})
    @idempotent
    def post(self, request: Request, exam_id: UUID) -> Response:
        """Begin an attempt: the first question is asked and the time begins.

        409 while another attempt of yours is open.
        """
        learner, now = learner_of(request.user), timezone.now()
        attempt = start_attempt(learner=learner, exam_id=exam_id, now=now)
        headers = {"Location": reverse("attempt", args=[attempt.public_id])}
        shown = queries.shown(attempt, now=now)
        return Response(shown, status=status.HTTP_201_CREATED, headers=headers)


@extend_schema(tags=["exams"])
class ReportQuestion(APIView):
    """Questions that are wrong."""

    @extend_schema(
        operation_id="exams_report_question", request=ReportSerializer, responses=ReportedSerializer
    )
    def post(self, request: Request, exam_id: UUID, exam_question_id: UUID) -> Response:
        """Report a question: it is withdrawn, and scores are counted without it. Twice is once."""
        body = ReportSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        question = report_question(
            learner=learner_of(request.user),
            exam_id=exam_id,
            question_id=exam_question_id,
            text=body.validated_data["text"],
            now=timezone.now(),
        )
        return Response({"id": question.public_id, "withdrawn_at": question.withdrawn_at})


def _wish(request: Request) -> commands.ExamWish:
    body = ExamWishSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    data = body.validated_data
    return commands.ExamWish(
        size=data["size"],
        minutes=data["minutes"],
        kinds=[Kind(kind) for kind in dict.fromkeys(data["kinds"])],
        choice=data["choice"],
        category_id=data["category"],
        tags=data["tags"],
        with_model=data["with_model"],
    )


urlpatterns = [
    path("", Exams.as_view(), name="exams"),
    path("weekly/", WeeklyExam.as_view(), name="weekly-exam"),
    path("<uuid:exam_id>/", OneExam.as_view(), name="exam"),
    path("<uuid:exam_id>/attempts/", ExamAttempts.as_view(), name="exam-attempts"),
    path(
        "<uuid:exam_id>/questions/<uuid:exam_question_id>/report/",
        ReportQuestion.as_view(),
        name="question-report",
    ),
]
