"""Long work over HTTP: one shape for all of it, whichever app does it."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.jobs.access import job_of, jobs_of
from config.jobs.models import Job


class JobErrorSerializer(serializers.Serializer[Any]):
    """Why a job failed, or why its last try did."""

    code = serializers.CharField()
    detail = serializers.CharField()


class JobSerializer(serializers.Serializer[Any]):
    """A job; it always ends, as succeeded or failed.

    ``kind`` names the work; ``stage`` says in words what is being done now. ``error`` of a job that
    has not ended is that of a try to be repeated. The shape of ``result`` is the kind's own.
    """

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    stage = serializers.CharField()
    percent = serializers.IntegerField()
    attempts = serializers.IntegerField()
    result = serializers.JSONField(read_only=True)
    error = JobErrorSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


def shown(job: Job) -> dict[str, Any]:
    """Return the job as its learner sees it, in the form of JobSerializer."""
    return {
        "id": job.public_id,
        "kind": job.task.replace(".tasks.", "."),
        "state": job.state,
        "stage": job.stage,
        "percent": job.percent,
        "attempts": job.attempts,
        "result": job.result,
        "error": {"code": job.error_code, "detail": job.error_detail} if job.error_code else None,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


class Jobs(GenericAPIView[Job]):
    """The learner's jobs."""

    serializer_class = JobSerializer
    filter_backends = ()

    @extend_schema(operation_id="jobs_list", responses=JobSerializer(many=True), tags=["jobs"])
    def get(self, request: Request) -> Response:
        """Return your long work, newest first, in pages."""
        page = self.paginate_queryset(jobs_of(request.user.pk or 0)) or []
        return self.get_paginated_response([shown(job) for job in page])


class JobDetail(APIView):
    """One job."""

    @extend_schema(operation_id="jobs_read", responses=JobSerializer, tags=["jobs"])
    def get(self, request: Request, job_id: UUID) -> Response:
        """Return how far a job is, what came of it, or why it failed."""
        return Response(shown(job_of(request.user.pk or 0, job_id)))


urlpatterns = [
    path("", Jobs.as_view(), name="jobs"),
    path("<uuid:job_id>/", JobDetail.as_view(), name="job"),
]
