"""What a learner takes along, over HTTP."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import FileResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from review.queries.anki_export import write_package

SELECTION_MAX = 1000
PACKAGE = "application/octet-stream"


class SelectionSerializer(serializers.Serializer[Any]):
    """What to take along: all, a category with those below it, or some contents."""

    category = serializers.UUIDField(required=False)
    content = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=SELECTION_MAX
    )


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
        """Return your cards with their media, all reviews and FSRS states: any Anki opens it."""
        query = SelectionSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        with TemporaryDirectory(prefix="export-") as folder:
            package = Path(folder) / "resee.apkg"
            write_package(
                learner_of(request.user),
                package,
                now=timezone.now(),
                category_id=query.validated_data.get("category"),
                content_ids=query.validated_data.get("content", ()),
            )
            # the file is open: it can be read after its name is gone
            return FileResponse(
                package.open("rb"), as_attachment=True, filename="resee.apkg", content_type=PACKAGE
            )


urlpatterns = [path("anki/", AnkiExport.as_view(), name="exports-anki")]
