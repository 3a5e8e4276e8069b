"""Scans over HTTP."""

from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
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
from ocr import pages
from ocr.commands import scans as commands
from ocr.languages import DEFAULT_CONFIDENCE_THRESHOLD, LANGUAGES
from ocr.models import Scan
from ocr.options import MODES, ROTATIONS, ReadingOptions
from ocr.queries.scans import scan_detail, scan_rows, shown

_ENVELOPE_BYTES = 100_000  # what a form may add to the file it carries


class UploadSerializer(serializers.Serializer[Any]):
    """Pages: JPEG, PNG, WebP or TIFF of 40 million pixels, or PDF of 50 pages; 20 MB at most."""

    file = serializers.FileField(allow_empty_file=True)
    language = serializers.ChoiceField(choices=LANGUAGES, default="auto")
    confidence_threshold = serializers.FloatField(
        min_value=0, max_value=1, default=DEFAULT_CONFIDENCE_THRESHOLD
    )
    use_angle_cls = serializers.BooleanField(
        default=True, help_text="Turn a page by quarters until its text stands upright"
    )
    mode = serializers.ChoiceField(
        choices=MODES, default="text", help_text="highlight: only what a marker pen marked"
    )
    rotate = serializers.ChoiceField(choices=ROTATIONS, default=0, help_text="Degrees clockwise")


class LinksSerializer(serializers.Serializer[Any]):
    """Where to go on."""

    self = serializers.URLField()
    cards = serializers.URLField()


class AcceptedSerializer(serializers.Serializer[Any]):
    """An upload that was accepted: ask ``links.self`` how far it is."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    links = LinksSerializer()


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
    language = serializers.CharField()
    confidence_threshold = serializers.FloatField()
    use_angle_cls = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=MODES)
    rotate = serializers.IntegerField()
    page_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class LineSerializer(serializers.Serializer[Any]):
    """A line of text; ``polygon`` in pixels of the upright page, clockwise from top left.

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


class Scans(GenericAPIView[Scan]):
    """The learner's scans."""

    parser_classes = (MultiPartParser,)
    filter_backends = ()
    serializer_class = ScanSerializer

    @property
    def cost(self) -> int:
        """A page to be read costs as much as ten lists."""
        return 10 if self.request.method == "POST" else 1

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before the body is read."""
        super().initial(request, *args, **kwargs)
        if int(request.headers.get("Content-Length") or 0) > pages.BYTES_MAX + _ENVELOPE_BYTES:
            raise pages.too_large()

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
        body = UploadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        fields = dict(body.validated_data)
        file = cast("UploadedFile[bytes]", fields.pop("file"))
        if (file.size or 0) > pages.BYTES_MAX:
            raise pages.too_large()
        scan = commands.accept_scan(
            learner=learner_of(request.user),
            data=file.read(),
            file_name=file.name or "",
            options=ReadingOptions(**fields),
        )
        return _accepted(request, scan.public_id, state=scan.job.state)


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
        commands.retry_scan(learner=learner_of(request.user), scan_id=scan_id)
        return _accepted(request, scan_id)


def _accepted(request: Request, scan_id: UUID, *, state: str = Job.State.QUEUED.value) -> Response:
    address = reverse("scan", args=[scan_id], request=request)
    cards = reverse("scan-cards", args=[scan_id], request=request)
    links = {"self": address, "cards": cards}
    return Response(
        {"id": scan_id, "state": state, "links": links},
        status=status.HTTP_202_ACCEPTED,
        headers={"Location": address},
    )
