"""Answers gathered offline, over HTTP: one result for each.

A thousand items by serializers cost more than to record them. What is spelt plainly is therefore
read by hand; the serializers read what is not, and say what is wrong with it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.problems import body_of
from config.api.schema import ProblemSerializer
from review.api.reviews import TAKEN_MS_MAX, AnswerSerializer, ScheduleSerializer, answer_of
from review.commands.batches import Outcome, check_size, record_reviews
from review.commands.recording import Answer, RecordedReview
from review.queries.contents import stage_name
from review.ratings import Rating, result_of

_TIME_ZONES = available_timezones()
_RATINGS = {rating.value: rating for rating in Rating}


class OfflineAnswerSerializer(AnswerSerializer):
    """One answer given offline: its moment and the client's id are known."""

    reviewed_at = serializers.DateTimeField()
    id = serializers.UUIDField()


class BatchSerializer(serializers.Serializer[Any]):
    """Up to 1,000 answers in any order."""

    reviews = serializers.ListField(child=serializers.JSONField(), allow_empty=False)
    time_zone = serializers.ChoiceField(
        sorted(_TIME_ZONES), required=False, help_text="The device's, if not your own"
    )


class BatchRequestSerializer(serializers.Serializer[Any]):
    """As documented; each answer is checked on its own."""

    reviews = OfflineAnswerSerializer(many=True)
    time_zone = serializers.CharField(required=False, help_text="The device's, if not your own")


class OfflineReviewSerializer(serializers.Serializer[Any]):
    """The answer as it was recorded, and the schedule the card has after the whole batch."""

    id = serializers.UUIDField()
    content = serializers.UUIDField()
    schedule = ScheduleSerializer()
    result = serializers.ChoiceField(["forgot", "partial", "remembered"])


class ResultSerializer(serializers.Serializer[Any]):
    """What came of one answer: ``review`` when it is recorded, ``problem`` when it is not."""

    status = serializers.IntegerField(help_text="As if it had been sent alone: 201, 200, 404 ...")
    review = OfflineReviewSerializer(required=False)
    problem = ProblemSerializer(required=False)


class ResultsSerializer(serializers.Serializer[Any]):
    """A result for each answer, in the order they were sent."""

    results = ResultSerializer(many=True)


class ReviewBatch(APIView):
    """What devices gathered while they were offline."""

    cost = 10

    @extend_schema(
        operation_id="reviews_record_batch",
        request=BatchRequestSerializer,
        responses=ResultsSerializer,
        tags=["reviews"],
    )
    def post(self, request: Request) -> Response:
        """Record up to 1,000 answers; each has its own result, and the good ones are recorded."""
        items, time_zone = _body(request.data)
        check_size(len(items))
        read = [_plain(item) or _checked(item) for item in items]
        outcomes = record_reviews(
            learner=learner_of(request.user),
            answers=[answer for answer in read if isinstance(answer, Answer)],
            now=timezone.now(),
            time_zone=time_zone,
        )
        return Response({"results": _results(read, outcomes)})


def _body(data: Any) -> tuple[list[Any], str | None]:
    """Return the items and the device's time zone, if it is given."""
    if isinstance(data, dict):
        items, time_zone = data.get("reviews"), data.get("time_zone", "UTC")
        is_zone = isinstance(time_zone, str) and time_zone in _TIME_ZONES
        if is_zone and items and isinstance(items, list) and None not in items:
            return items, data.get("time_zone")
    body = BatchSerializer(data=data)
    body.is_valid(raise_exception=True)
    return body.validated_data["reviews"], body.validated_data.get("time_zone")


def _plain(item: Any) -> Answer | None:
    """Return the answer that is spelt as documented; None where the serializer has to look."""
    try:
        rating, taken_ms = item["rating"], item.get("taken_ms", 0)
        reviewed_at = datetime.fromisoformat(item["reviewed_at"])
        is_plain = (
            type(rating) is int
            and type(taken_ms) is int
            and 0 <= taken_ms <= TAKEN_MS_MAX
            and reviewed_at.tzinfo is not None
        )
        if not is_plain:
            return None
        return Answer(
            UUID(item["content"]),
            _RATINGS[rating],
            taken_ms,
            reviewed_at.astimezone(UTC),
            UUID(item["id"]),
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return None


def _checked(item: Any) -> Answer | serializers.ValidationError:
    check = OfflineAnswerSerializer(data=item)
    if check.is_valid():
        return answer_of(check.validated_data)
    return serializers.ValidationError(check.errors)


def _results(
    read: Sequence[Answer | serializers.ValidationError], outcomes: Sequence[Outcome]
) -> list[dict[str, Any]]:
    recorded = iter(outcomes)
    return [
        _shown(answer.rating, next(recorded)) if isinstance(answer, Answer) else _fault(answer)
        for answer in read
    ]


def _shown(rating: Rating, outcome: Outcome) -> dict[str, Any]:
    if not isinstance(outcome, RecordedReview):
        return _fault(outcome)
    state = outcome.state
    schedule = {
        "stage": stage_name(state.stage),
        "due_at": state.due_at,
        "stability": state.stability,
        "difficulty": state.difficulty,
        "reps": state.reps,
        "lapses": state.lapses,
    }
    review = {
        "id": outcome.public_id,
        "content": outcome.content_id,
        "schedule": schedule,
        "result": result_of(rating),
    }
    return {"status": 201 if outcome.is_new else 200, "review": review}


def _fault(fault: Exception) -> dict[str, Any]:
    problem = body_of(fault)
    return {"status": problem["status"], "problem": problem}


urlpatterns = [path("", ReviewBatch.as_view(), name="reviews-batch")]
