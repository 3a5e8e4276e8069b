"""Scans over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from config.jobs.models import Job
from ocr.api.uploads import AcceptedSerializer, UploadSerializer, UploadView, accepted
from ocr.commands import scans as commands
from ocr.models import Scan
from ocr.options import MODES
from ocr.queries.scans import scan_detail, scan_rows, shown


class ErrorSerializer(serializers.Serializer[Any]):
    """Why a scan failed, or why its last try did."""

    code = serializers.CharField()
    detail = serializers.CharField()


class ScanSerializer(serializers.Serializer[Any]):
    """A scan; ``stage`` says in words what is being done now."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    stage = serializers.CharField()
    percent = serializers.IntegerField()
    error = ErrorSerializer(allow_null=True)
    file_name = serializers.CharField()
    media_type = serializers.CharField()
    byte_count = serializers.IntegerField()
    has_original = serializers.BooleanField()
    language = serializers.CharField()
    confidence_threshold = serializers.FloatField()
    use_angle_cls = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=MODES)
    rotate = serializers.IntegerField()
    crop = serializers.CharField()
    page_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class LineSerializer(serializers.Serializer[Any]):
    """A line of text; ``polygon`` in pixels of the upright, cut page, clockwise from top left.

    ``problem`` is empty or language_unavailable: part of it is in a script that nothing here reads.
    """

    position = serializers.IntegerField()
    text = serializers.CharField()
    confidence = serializers.FloatField()
    polygon = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    problem = serializers.CharField()


class PageSerializer(serializers.Serializer[Any]):
    """A page that was read, or with an ``error`` one that cannot be."""

    number = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    full_text = serializers.CharField()
    engine_version = serializers.CharField()
    read_ms = serializers.IntegerField()
    quarter_turns = serializers.IntegerField()
    error = ErrorSerializer(allow_null=True)
    lines = LineSerializer(many=True)


class ScannedWordSerializer(serializers.Serializer[Any]):
    """A word of the scan by its lemma; ``frequency`` on the Zipf scale (0-8).

    ``sentence``, ``page`` and ``line`` say where it stands first.
    """

    id = serializers.UUIDField()
    lemma = serializers.CharField()
    forms = serializers.ListField(child=serializers.CharField())
    occurrence_count = serializers.IntegerField()
    level = serializers.CharField()
    frequency = serializers.FloatField()
    sentence = serializers.CharField()
    page = serializers.IntegerField()
    line = serializers.IntegerField()
    in_collection = serializers.BooleanField()
    gloss_suggestions = serializers.ListField(child=serializers.CharField())


class ScanDetailSerializer(ScanSerializer):
    """A scan with what was read on it; ``pages`` and ``words`` grow page by page."""

    pages = PageSerializer(many=True)
    words = ScannedWordSerializer(many=True)


class Scans(UploadView, GenericAPIView[Scan]):
    """The learner's scans."""

    filter_backends = ()
    serializer_class = ScanSerializer

    @extend_schema(operation_id="scans_list", responses=ScanSerializer(many=True), tags=["scans"])
    def get(self, request: Request) -> Response:
        """Return your scans, newest first, in pages."""
        page = self.paginate_queryset(scan_rows(learner_of(request.user))) or []
        return self.get_paginated_response([shown(row) for row in page])

    @extend_schema(
        operation_id="scans_create",
        request={"multipart/form-data": UploadSerializer},
        responses={202: AcceptedSerializer},
        tags=["scans"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send a page to be read; the answer comes before it is."""
        return accepted(request, self.accept(request))


class ScanDetail(APIView):
    """One scan."""

    @extend_schema(operation_id="scans_read", responses=ScanDetailSerializer, tags=["scans"])
    def get(self, request: Request, scan_id: UUID) -> Response:
        """Return how far the scan is, then its pages with their lines, and its words."""
        return Response(scan_detail(learner_of(request.user), scan_id))

    @extend_schema(operation_id="scans_delete", responses={204: None}, tags=["scans"])
    def delete(self, request: Request, scan_id: UUID) -> Response:
        """Delete the scan and all that was read on it; cards made from it stay."""
        commands.delete_scan(learner=learner_of(request.user), scan_id=scan_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ScanRetry(APIView):
    """One scan that has failed."""

    @extend_schema(
        operation_id="scans_retry",
        request=None,
        responses={202: AcceptedSerializer},
        tags=["scans"],
    )
    @idempotent
    def post(self, request: Request, scan_id: UUID) -> Response:
        """Read a failed scan again."""
        scan = commands.retry_scan(learner=learner_of(request.user), scan_id=scan_id)
        return accepted(request, scan)
