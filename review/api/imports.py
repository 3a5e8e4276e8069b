"""Imports over HTTP: a file comes, a job reads it, a report tells what became of it."""

from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from config.jobs.models import Job
from review.access import import_of, imports_of
from review.commands import imports as commands
from review.import_models import Import

_ENVELOPE_BYTES = 100_000  # what a form may add to the file it carries


class PackageSerializer(serializers.Serializer[Any]):
    """An .apkg or .colpkg of any Anki, 512 MB at most."""

    file = serializers.FileField(allow_empty_file=True)
    dry_run = serializers.BooleanField(
        default=False, help_text="Only tell what is new, updated or refused; start it later"
    )


class ImportErrorSerializer(serializers.Serializer[Any]):
    """Why an import failed."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ImportSerializer(serializers.Serializer[Any]):
    """An import: how far it is, and what was new, updated, unchanged or refused so far.

    ``report`` counts notes, cards, reviews and media; ``problems`` are the first hundred things
    that are left out or not as they were, ``problem_counts`` all by their reasons.
    """

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Import.Kind.choices)
    state = serializers.ChoiceField(choices=Job.State.choices)
    stage = serializers.CharField()
    percent = serializers.IntegerField()
    error = ImportErrorSerializer(allow_null=True)
    file_name = serializers.CharField()
    byte_count = serializers.IntegerField()
    dry_run = serializers.BooleanField()
    report = serializers.DictField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class AnkiImports(APIView):
    """Packages of Anki."""

    parser_classes = (MultiPartParser,)
    cost = 10

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before the body is read."""
        super().initial(request, *args, **kwargs)
        length = int(request.headers.get("Content-Length") or 0)
        if length > commands.BYTES_MAX + _ENVELOPE_BYTES:
            raise commands.too_large()

    @extend_schema(
        operation_id="imports_anki",
        request={"multipart/form-data": PackageSerializer},
        responses={202: ImportSerializer},
        tags=["imports"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Import a package: notes, cards, media, all reviews. The same again changes nothing."""
        body = PackageSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        file = cast("UploadedFile[bytes]", body.validated_data["file"])
        imported = commands.accept_package(
            learner=learner_of(request.user),
            file=file,
            file_name=file.name or "",
            is_dry_run=body.validated_data["dry_run"],
        )
        return accepted(request, imported)


class Imports(GenericAPIView[Import]):
    """The learner's imports."""

    filter_backends = ()
    serializer_class = ImportSerializer

    @extend_schema(
        operation_id="imports_list", responses=ImportSerializer(many=True), tags=["imports"]
    )
    def get(self, request: Request) -> Response:
        """Return your imports, newest first, in pages."""
        rows = imports_of(learner_of(request.user)).select_related("job").order_by("-id")
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([shown(row) for row in page])


class ImportDetail(APIView):
    """One import."""

    @extend_schema(operation_id="imports_read", responses=ImportSerializer, tags=["imports"])
    def get(self, request: Request, import_id: UUID) -> Response:
        """Return how far the import is, and its report."""
        return Response(shown(import_of(learner_of(request.user), import_id)))

    @extend_schema(operation_id="imports_delete", responses={204: None}, tags=["imports"])
    def delete(self, request: Request, import_id: UUID) -> Response:
        """Forget the import and its file, and stop it; what is imported stays."""
        commands.delete_import(learner=learner_of(request.user), import_id=import_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ImportStart(APIView):
    """A dry run that was looked at."""

    @extend_schema(
        operation_id="imports_start",
        request=None,
        responses={202: ImportSerializer},
        tags=["imports"],
    )
    @idempotent
    def post(self, request: Request, import_id: UUID) -> Response:
        """Import the file of a dry run that has ended, without sending it again."""
        imported = commands.start_import(learner=learner_of(request.user), import_id=import_id)
        return accepted(request, imported)


def shown(row: Import) -> dict[str, Any]:
    """Return an import as the API shows it."""
    job = row.job
    error = {"code": job.error_code, "detail": job.error_detail} if job.error_code else None
    return {
        "id": row.public_id,
        "kind": row.kind,
        "state": job.state,
        "stage": job.stage,
        "percent": job.percent,
        "error": error,
        "file_name": row.file_name,
        "byte_count": row.byte_count,
        "dry_run": row.is_dry_run,
        "report": row.report,
        "created_at": row.created_at,
        "finished_at": job.finished_at,
    }


def accepted(request: Request, row: Import) -> Response:
    """Return 202 with the import and its address."""
    address = reverse("import", args=[row.public_id], request=request)
    return Response(shown(row), status=status.HTTP_202_ACCEPTED, headers={"Location": address})


urlpatterns = [
    path("", Imports.as_view(), name="imports"),
    path("anki/", AnkiImports.as_view(), name="imports-anki"),
    path("<uuid:import_id>/", ImportDetail.as_view(), name="import"),
    path("<uuid:import_id>/start/", ImportStart.as_view(), name="import-start"),
]
