"""Pictures and sounds of contents over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from review.queries.media import medium


class _JsonErrors(BaseContentNegotiation):
    """Whatever is accepted: an <img> does not accept JSON."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers), None)


class MediumFile(APIView):
    """One picture or sound."""

    content_negotiation_class = _JsonErrors

    @extend_schema(
        operation_id="media_read",
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["contents"],
    )
    def get(self, request: Request, medium_id: UUID) -> HttpResponse:
        """Return a file that contents name in ``media``."""
        media_type, data = medium(learner_of(request.user), medium_id)
        response = HttpResponse(data, content_type=media_type)
        response.headers["Cache-Control"] = "private, max-age=86400"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


urlpatterns = [path("<uuid:medium_id>/", MediumFile.as_view(), name="medium")]
