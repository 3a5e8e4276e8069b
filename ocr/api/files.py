"""Files of scans over HTTP: the original, pictures of its pages, the text."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import Learner, learner_of
from config.api.negotiation import JsonErrors
from ocr.queries import files
from ocr.queries.files import File
from ocr.queries.text import as_markdown, as_text, text_of

_KEPT_BY_THE_BROWSER = "private, max-age=3600"


class _FileView(APIView):
    """Answers with a file whatever is accepted: an <img> does not accept JSON."""

    content_negotiation_class = JsonErrors


def _binary(operation: str, media_type: str) -> Callable[[Any], Any]:
    return extend_schema(
        operation_id=operation,
        responses={(200, media_type): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["scans"],
    )


class Original(_FileView):
    """The file as it was sent."""

    @_binary("scans_original", "application/octet-stream")
    def get(self, request: Request, scan_id: UUID) -> HttpResponse:
        """Download the original; 404 once it is too old to be kept."""
        return _sent(files.original(_learner(request), scan_id), is_attachment=True)


class Thumbnail(_FileView):
    """A small picture of a scan."""

    @_binary("scans_thumbnail", "image/webp")
    def get(self, request: Request, scan_id: UUID) -> HttpResponse:
        """Return the first page, 320 pixels at most."""
        return _sent(files.thumbnail(_learner(request), scan_id))


class PageImage(_FileView):
    """A page to look at."""

    @_binary("scans_page_image", "image/webp")
    def get(self, request: Request, scan_id: UUID, number: int) -> HttpResponse:
        """Return a page as it was read, 1,600 pixels at most, without the photo's metadata."""
        return _sent(files.page_image(_learner(request), scan_id, number))


class PageOverlay(_FileView):
    """What was recognised where."""

    @_binary("scans_page_overlay", "image/png")
    def get(self, request: Request, scan_id: UUID, number: int) -> HttpResponse:
        """Return a page with its lines drawn round and numbered; amber ones have a problem."""
        return _sent(files.overlay(_learner(request), scan_id, number))


class PageTextSerializer(serializers.Serializer[Any]):
    """The text of a page, its paragraphs apart."""

    number = serializers.IntegerField()
    text = serializers.CharField()


class ScanTextSerializer(serializers.Serializer[Any]):
    """The text of a scan's pages that are read."""

    id = serializers.UUIDField()
    pages = PageTextSerializer(many=True)


class ScanText(_FileView):
    """The text of a scan."""

    @extend_schema(operation_id="scans_text", responses=ScanTextSerializer, tags=["scans"])
    def get(self, request: Request, scan_id: UUID) -> Response:
        """Return the text page by page as JSON."""
        pages = text_of(_learner(request), scan_id)
        return Response(
            {"id": scan_id, "pages": [{"number": page.number, "text": page.text} for page in pages]}
        )


class ScanPlainText(_FileView):
    """The text of a scan as a file."""

    @_binary("scans_text_plain", "text/plain")
    def get(self, request: Request, scan_id: UUID) -> HttpResponse:
        """Return the text, pages apart by a form feed."""
        text = as_text(text_of(_learner(request), scan_id))
        return _sent(File(text.encode(), "text/plain; charset=utf-8", "scan.txt"))


class ScanMarkdown(_FileView):
    """The text of a scan as Markdown."""

    @_binary("scans_text_markdown", "text/markdown")
    def get(self, request: Request, scan_id: UUID) -> HttpResponse:
        """Return the text, each page under a heading."""
        text = as_markdown(text_of(_learner(request), scan_id))
        return _sent(File(text.encode(), "text/markdown; charset=utf-8", "scan.md"))


def _learner(request: Request) -> Learner:
    return learner_of(request.user)


def _sent(file: File, *, is_attachment: bool = False) -> HttpResponse:
    response = HttpResponse(file.data, content_type=file.media_type)
    if is_attachment:
        response.headers["Content-Disposition"] = (
            content_disposition_header(as_attachment=True, filename=file.name) or ""
        )
    response.headers["Cache-Control"] = _KEPT_BY_THE_BROWSER
    return response
