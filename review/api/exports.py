"""What a learner takes along, over HTTP."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from uuid import UUID

from django.http import FileResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from config.api.negotiation import JsonErrors
from config.jobs.models import Job
from review.access import export_of
from review.commands import exporting
from review.import_models import Export
from review.queries.anki_export import check_count, write_package

SELECTION_MAX = 1000
PACKAGE = "application/octet-stream"


class SelectionSerializer(serializers.Serializer[Any]):
    """What to take along: all, a category with those below it, or some contents."""

    category = serializers.UUIDField(required=False)
    content = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=SELECTION_MAX
    )


class ExportSerializer(serializers.Serializer[Any]):
    """A package on its way."""

    id = serializers.UUIDField()
    job = serializers.UUIDField(help_text="See /jobs/")
    state = serializers.ChoiceField(Job.State.choices)
    stage = serializers.CharField(help_text="What is being done now, in words")
    percent = serializers.IntegerField()
    byte_count = serializers.IntegerField()
    is_there = serializers.BooleanField(help_text="Whether the file can be fetched")
    created_at = serializers.DateTimeField()


class AnkiExport(APIView):
    """An Anki package."""

    cost = 20

    @extend_schema(
        operation_id="exports_anki",
        parameters=[SelectionSerializer],
        responses={(200, PACKAGE): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["imports"],
    )
    def get(self, request: Request) -> FileResponse:
        """Return your cards with their media, all reviews and FSRS states: any Anki opens it.

        More than 2,000 cards are refused: POST, and a job writes them.
        """
        learner, selection = learner_of(request.user), _selection(request.query_params)
        check_count(learner, **selection)
        with TemporaryDirectory(prefix="export-") as folder:
            package = Path(folder) / "resee.apkg"
            write_package(learner, package, now=timezone.now(), **selection)
            return _sent(package.open("rb"))  # it can be read after its name is gone

    @extend_schema(
        operation_id="exports_anki_make",
        request=SelectionSerializer,
        responses={202: ExportSerializer},
        tags=["imports"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have a package of any size written; a job does it, and keeps it for a week."""
        row = exporting.request_export(
            learner=learner_of(request.user), selection=_selection(request.data)
        )
        return Response(
            _shown(row),
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("export", args=[row.public_id], request=request)},
        )


class ExportDetail(APIView):
    """One package."""

    @extend_schema(operation_id="exports_read", responses=ExportSerializer, tags=["imports"])
    def get(self, request: Request, export_id: UUID) -> Response:
        """Return how far the package is."""
        return Response(_shown(export_of(learner_of(request.user), export_id)))


class ExportFile(APIView):
    """The package itself."""

    content_negotiation_class = JsonErrors

    @extend_schema(
        operation_id="exports_file",
        responses={(200, PACKAGE): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["imports"],
    )
    def get(self, request: Request, export_id: UUID) -> FileResponse:
        """Return the package you had made."""
        return _sent(exporting.opened_export(export_of(learner_of(request.user), export_id)))


def _selection(data: Any) -> dict[str, Any]:
    given = SelectionSerializer(data=data)
    given.is_valid(raise_exception=True)
    names = {"category": "category_id", "content": "content_ids"}
    return {names[name]: value for name, value in given.validated_data.items()}


def _sent(file: IO[bytes]) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename="resee.apkg", content_type=PACKAGE)


def _shown(row: Export) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "job": row.job.public_id,
        "state": row.job.state,
        "stage": row.job.stage,
        "percent": row.job.percent,
        "byte_count": row.byte_count,
        "is_there": bool(row.file),
        "created_at": row.created_at,
    }


urlpatterns = [
    path("anki/", AnkiExport.as_view(), name="exports-anki"),
    path("<uuid:export_id>/", ExportDetail.as_view(), name="export"),
    path("<uuid:export_id>/file/", ExportFile.as_view(), name="export-file"),
]
