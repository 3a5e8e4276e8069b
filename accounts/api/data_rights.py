"""What a learner may demand of their data: an end of it, all of it in one file, and back."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import archive_of, archives_of
from accounts.commands import archives, erasure
from accounts.models import DataArchive, Erasure
from accounts.queries.erasure import erasure_of
from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from config.api.negotiation import JsonErrors
from config.jobs.models import Job
from config.retention import kept


class EraseSerializer(serializers.Serializer[Any]):
    """The confirmation."""

    email = serializers.EmailField(help_text="The address of your account, typed")


class ErasureSerializer(serializers.Serializer[Any]):
    """When nothing will be left, save in backups, which end later by themselves."""

    requested_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="Until then you can cancel it")
    backups_end_at = serializers.DateTimeField(
        allow_null=True,
        help_text="Our last backup with your data is gone; null: none is made",
    )


class ArchiveSerializer(serializers.Serializer[Any]):
    """Everything of yours in one zip, on its way out or in; see its README inside."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(DataArchive.Kind.choices)
    job = serializers.UUIDField(help_text="See /jobs/")
    state = serializers.ChoiceField(Job.State.choices)
    percent = serializers.IntegerField()
    byte_count = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by model")
    is_there = serializers.BooleanField(help_text="Whether the file can be fetched")
    created_at = serializers.DateTimeField()


class ArchiveFileSerializer(serializers.Serializer[Any]):
    """An archive that an export has made."""

    file = serializers.FileField(allow_empty_file=True)


class Deletion(APIView):
    """The end of the account."""

    @extend_schema(operation_id="erasure_read", responses=ErasureSerializer, tags=["account"])
    def get(self, request: Request) -> Response:
        """Return when your account will be erased; 404 when it will not be."""
        return Response(_erasure_shown(erasure_of(learner_of(request.user))))

    @extend_schema(
        operation_id="erasure_request",
        request=EraseSerializer,
        responses={202: ErasureSerializer},
        tags=["account"],
    )
    def post(self, request: Request) -> Response:
        """Have everything of yours erased in 14 days; you are logged out everywhere.

        Until then log in and cancel if you think better of it. Twice is once.
        """
        body = EraseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = erasure.request_erasure(
            learner=learner_of(request.user),
            email=body.validated_data["email"],
            now=timezone.now(),
        )
        return Response(_erasure_shown(wish), status.HTTP_202_ACCEPTED)

    @extend_schema(operation_id="erasure_cancel", responses={204: None}, tags=["account"])
    def delete(self, request: Request) -> Response:
        """Keep your account after all."""
        erasure.cancel_erasure(learner=learner_of(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Archives(GenericAPIView[DataArchive]):
    """Everything, in one file."""

    filter_backends = ()
    serializer_class = ArchiveSerializer

    @extend_schema(
        operation_id="archives_list", responses=ArchiveSerializer(many=True), tags=["account"]
    )
    def get(self, request: Request) -> Response:
        """Return your archives, newest first, in pages."""
        rows = archives_of(request.user.pk or 0).select_related("job").order_by("-id")
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([_shown(row) for row in page])

    @extend_schema(
        operation_id="archives_make",
        request=None,
        responses={202: ArchiveSerializer},
        tags=["account"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have everything of yours put into one zip; a job does it, kept for a week."""
        made = archives.request_archive(learner=learner_of(request.user))
        return Response(_shown(made), status.HTTP_202_ACCEPTED)


class ArchiveImport(APIView):
    """An archive comes back."""

    parser_classes = (MultiPartParser,)
    cost = 10

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before the body is read."""
        super().initial(request, *args, **kwargs)
        if int(request.headers.get("Content-Length") or 0) > archives.BYTES_MAX + 100_000:
            raise archives.too_large()

    @extend_schema(
        operation_id="archives_import",
        request={"multipart/form-data": ArchiveFileSerializer},
        responses={202: ArchiveSerializer},
        tags=["account"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Bring an archive back into this account, which has to be empty; a job does it."""
        body = ArchiveFileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        file = cast("UploadedFile[bytes]", body.validated_data["file"])
        made = archives.accept_archive(learner=learner_of(request.user), file=file)
        return Response(_shown(made), status.HTTP_202_ACCEPTED)


class ArchiveDetail(APIView):
    """One archive."""

    @extend_schema(operation_id="archives_read", responses=ArchiveSerializer, tags=["account"])
    def get(self, request: Request, archive_id: UUID) -> Response:
        """Return how far it is."""
        return Response(_shown(archive_of(request.user.pk or 0, archive_id)))


class ArchiveFile(APIView):
    """The zip."""

    content_negotiation_class = JsonErrors

    @extend_schema(
        operation_id="archives_file",
        responses={(200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["account"],
    )
    def get(self, request: Request, archive_id: UUID) -> FileResponse:
        """Return the archive you had made."""
        file = archives.opened(archive_of(request.user.pk or 0, archive_id))
        name = f"resee-{timezone.now():%Y-%m-%d}.zip"
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _shown(row: DataArchive) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "kind": row.kind,
        "job": row.job.public_id,
        "state": row.job.state,
        "percent": row.job.percent,
        "byte_count": row.byte_count,
        "counts": row.counts,
        "is_there": bool(row.file) and row.kind == DataArchive.Kind.EXPORT,
        "created_at": row.created_at,
    }


def has_backups() -> bool:
    """Tell whether this installation writes backups itself."""
    return bool(getattr(settings, "RESEE_BACKUP_DAYS", 0))


def _erasure_shown(wish: Erasure) -> dict[str, Any]:
    backups = kept("backups") if has_backups() else None
    return {
        "requested_at": wish.requested_at,
        "due_at": wish.due_at,
        "backups_end_at": wish.due_at + backups if backups else None,
    }


urlpatterns = [
    path("deletion/", Deletion.as_view(), name="deletion"),
    path("archives/", Archives.as_view(), name="archives"),
    path("archives/import/", ArchiveImport.as_view(), name="archives-import"),
    path("archives/<uuid:archive_id>/", ArchiveDetail.as_view(), name="archive"),
    path("archives/<uuid:archive_id>/file/", ArchiveFile.as_view(), name="archive-file"),
]
