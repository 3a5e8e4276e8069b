"""A group's exams over HTTP."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.groups import seen_group, taught_group
from accounts.queries.learners import learner_of
from exams.commands import sharing as commands
from exams.queries import shares as queries


class SharedExamSerializer(serializers.Serializer[Any]):
    """An exam that members may take."""

    exam = serializers.UUIDField()
    size = serializers.IntegerField(read_only=True)
    minutes = serializers.IntegerField(read_only=True)
    shared_at = serializers.DateTimeField(read_only=True)


class TakenExamSerializer(serializers.Serializer[Any]):
    """Your own copy: begin an attempt at it."""

    exam = serializers.UUIDField()


class GroupResultSerializer(serializers.Serializer[Any]):
    """What a member who agreed has scored in one attempt."""

    member = serializers.UUIDField()
    name = serializers.CharField()
    points = serializers.FloatField(allow_null=True)
    question_count = serializers.IntegerField(allow_null=True)
    ended_at = serializers.DateTimeField()


@extend_schema(tags=["groups"])
class GroupExams(APIView):
    """Exams for a group."""

    @extend_schema(operation_id="group_exams_list", responses=SharedExamSerializer(many=True))
    def get(self, request: Request, group_id: UUID) -> Response:
        """Return what the teacher has shared."""
        return Response(queries.shared_exams(seen_group(learner_of(request.user), group_id).pk))

    @extend_schema(
        operation_id="group_exams_share",
        request=SharedExamSerializer,
        responses={201: SharedExamSerializer(many=True)},
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        """Share an exam of yours with your group; twice is once."""
        body = SharedExamSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        learner, exam_id = learner_of(request.user), body.validated_data["exam"]
        share = commands.share_exam(
            learner=learner, group_id=group_id, exam_id=exam_id, now=timezone.now()
        )
        return Response(queries.shared_exams(share.group_id), status.HTTP_201_CREATED)


@extend_schema(tags=["groups"])
class TakeExam(APIView):
    """A member takes an exam."""

    @extend_schema(
        operation_id="group_exams_take", request=None, responses={201: TakenExamSerializer}
    )
    def post(self, request: Request, group_id: UUID, exam_id: UUID) -> Response:
        """Take a copy of a shared exam; a second time it is the same copy."""
        learner, now = learner_of(request.user), timezone.now()
        copy, is_new = commands.take_shared(
            learner=learner, group_id=group_id, exam_id=exam_id, now=now
        )
        return Response({"exam": copy.public_id}, 201 if is_new else 200)


@extend_schema(tags=["groups"])
class GroupResults(APIView):
    """What came of a shared exam."""

    @extend_schema(operation_id="group_exams_results", responses=GroupResultSerializer(many=True))
    def get(self, request: Request, group_id: UUID, exam_id: UUID) -> Response:
        """Return the results of the members who agreed; for the teacher."""
        group = taught_group(learner_of(request.user), group_id)
        return Response(queries.results(group.pk, exam_id))


urlpatterns = [
    path("", GroupExams.as_view(), name="group-exams"),
    path("<uuid:exam_id>/take/", TakeExam.as_view(), name="group-exam-take"),
    path("<uuid:exam_id>/results/", GroupResults.as_view(), name="group-exam-results"),
]
