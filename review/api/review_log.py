"""The learner's facts over HTTP, a line each."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.rendering import dump
from review.models import ReviewHistory
from review.queries.contents import STAGES
from review.queries.review_log import review_log

LINES = "application/x-ndjson"
_FLUSH_BYTES = 64 * 1024


class ReviewLogQuerySerializer(serializers.Serializer[Any]):
    """Which facts."""

    since = serializers.DateTimeField(required=False, help_text="Recorded then or later")


class LoggedFactSerializer(serializers.Serializer[Any]):
    """One fact: a review, an undo, a reset or an imported review."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(ReviewHistory.Kind.values)
    undoes = serializers.UUIDField(allow_null=True, help_text="What an undo takes back")
    content = serializers.UUIDField()
    category = serializers.UUIDField(help_text="Where the card is today")
    rating = serializers.IntegerField(allow_null=True, help_text="1-4; null for a reset")
    reviewed_at = serializers.DateTimeField()
    local_day = serializers.DateField()
    local_hour = serializers.IntegerField()
    taken_ms = serializers.IntegerField()
    stage_before = serializers.ChoiceField(STAGES)
    interval_before_days = serializers.FloatField()
    due_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()


class ReviewLog(APIView):
    """All of it."""

    cost = 20

    @extend_schema(
        operation_id="reviews_log",
        parameters=[ReviewLogQuerySerializer],
        responses={(200, LINES): LoggedFactSerializer},
        tags=["reviews"],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Return every fact of yours as a line of JSON, in the order of recording."""
        query = ReviewLogQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = review_log(learner_of(request.user), since=query.validated_data.get("since"))
        response = StreamingHttpResponse(_lines(rows), content_type=LINES)
        response["Content-Disposition"] = 'attachment; filename="review-log.jsonl"'
        return response


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    block = bytearray()
    for row in rows:
        block += dump(row) + b"\n"
        if len(block) > _FLUSH_BYTES:
            yield bytes(block)
            block.clear()
    yield bytes(block)


urlpatterns = [path("", ReviewLog.as_view(), name="review-log")]
