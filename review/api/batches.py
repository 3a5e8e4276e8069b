"""Answers gathered offline, over HTTP: one result for each."""

from collections.abc import Sequence
from typing import Any
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
from review.api.reviews import AnswerSerializer, RecordedAnswerSerializer, answer_of, answer_shown
from review.commands.batches import Outcome, check_size, record_reviews
from review.commands.recording import Answer, RecordedReview


class OfflineAnswerSerializer(AnswerSerializer):
    """One answer given offline: its moment and the client's id are known."""

    reviewed_at = serializers.DateTimeField()
    id = serializers.UUIDField()


class BatchSerializer(serializers.Serializer[Any]):
    """Up to 1,000 answers in any order."""

    reviews = serializers.ListField(child=serializers.JSONField(), allow_empty=False)
    time_zone = serializers.ChoiceField(
        sorted(available_timezones()), required=False, help_text="The device's, if not your own"
    )


class BatchRequestSerializer(serializers.Serializer[Any]):
    """As documented; each answer is checked on its own."""

    reviews = OfflineAnswerSerializer(many=True)
    time_zone = serializers.CharField(required=False, help_text="The device's, if not your own")


class ResultSerializer(serializers.Serializer[Any]):
    """What came of one answer: ``review`` when it is recorded, ``problem`` when it is not."""

    status = serializers.IntegerField(help_text="As if it had been sent alone: 201, 200, 404 ...")
    review = RecordedAnswerSerializer(required=False)
    problem = ProblemSerializer(required=False)


class ResultsSerializer(serializers.Serializer[Any]):
    """A result for each answer, in the order they were sent."""

    results = ResultSerializer(many=True)


class ReviewBatch(APIView):
    """What devices gathered while they were offline."""

    @extend_schema(
        operation_id="reviews_record_batch",
        request=BatchRequestSerializer,
        responses=ResultsSerializer,
        tags=["reviews"],
    )
    def post(self, request: Request) -> Response:
        """Record up to 1,000 answers; each has its own result, and the good ones are recorded."""
        body = BatchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        check_size(len(body.validated_data["reviews"]))
        checks = [OfflineAnswerSerializer(data=item) for item in body.validated_data["reviews"]]
        answers = [answer_of(check.validated_data) for check in checks if check.is_valid()]
        outcomes = record_reviews(
            learner=learner_of(request.user),
            answers=answers,
            now=timezone.now(),
            time_zone=body.validated_data.get("time_zone"),
        )
        return Response({"results": _results(checks, answers, outcomes)})


def _results(
    checks: Sequence[OfflineAnswerSerializer],
    answers: Sequence[Answer],
    outcomes: Sequence[Outcome],
) -> list[dict[str, Any]]:
    recorded = iter(zip(answers, outcomes, strict=True))
    results = []
    for check in checks:
        if check.errors:
            results.append(_fault(serializers.ValidationError(check.errors)))
            continue
        answer, outcome = next(recorded)
        if isinstance(outcome, RecordedReview):
            status = 201 if outcome.is_new else 200
            results.append({"status": status, "review": answer_shown(outcome, answer.rating)})
        else:
            results.append(_fault(outcome))
    return results


def _fault(fault: Exception) -> dict[str, Any]:
    problem = body_of(fault)
    return {"status": problem["status"], "problem": problem}


urlpatterns = [path("", ReviewBatch.as_view(), name="reviews-batch")]
