"""How the learner is doing, in one answer for their own page."""

from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from review.queries.summary import summary


class SummaryDaySerializer(serializers.Serializer[Any]):
    """One of the learner's own days."""

    day = serializers.DateField()
    review_count = serializers.IntegerField()


class SummarySerializer(serializers.Serializer[Any]):
    """Today against the daily goal, what is due, days in a row, the last twelve weeks."""

    today = serializers.DateField()
    reviewed_today = serializers.IntegerField()
    daily_goal = serializers.IntegerField()
    is_goal_reached = serializers.BooleanField()
    due_now = serializers.IntegerField()
    due_today = serializers.IntegerField()
    streak_days = serializers.IntegerField()
    card_count = serializers.IntegerField()
    reviews_30_days = serializers.IntegerField()
    success_rate_30_days = serializers.FloatField(allow_null=True)
    active_days = serializers.IntegerField(help_text="Of the last 84, those with a review")
    days = SummaryDaySerializer(many=True)


class Summary(APIView):
    """The learner's activity."""

    @extend_schema(operation_id="me_summary", responses=SummarySerializer, tags=["me"])
    def get(self, request: Request) -> Response:
        """Return how you are doing, your own last answer included."""
        return Response(summary(learner_of(request.user), now=timezone.now()))


urlpatterns = [path("", Summary.as_view(), name="summary")]
