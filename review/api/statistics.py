"""Statistics over HTTP."""

from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from review.hard_use import Verdict
from review.queries.activity import activity
from review.queries.advice import answers_advice
from review.queries.retention import hourly, retention
from review.queries.statistics import categories, dashboard

YEAR_DAYS = 366


class ReviewSumsSerializer(serializers.Serializer[Any]):
    """Reviews added up; those undone do not count."""

    review_count = serializers.IntegerField()
    forgot = serializers.IntegerField(help_text="Answered again")
    partial = serializers.IntegerField(help_text="Answered hard: recalled with effort")  # type: ignore[assignment]
    remembered = serializers.IntegerField(help_text="Answered good or easy")
    success_rate = serializers.FloatField(
        allow_null=True, help_text="All but forgot, of all reviews: 0-1; null without reviews"
    )
    taken_ms = serializers.IntegerField(help_text="Time spent answering")


class CardsByStageSerializer(serializers.Serializer[Any]):
    """Cards that are not archived; suspended ones count in their stage too."""

    new = serializers.IntegerField()
    learning = serializers.IntegerField()
    review = serializers.IntegerField()
    relearning = serializers.IntegerField()
    suspended = serializers.IntegerField()


class DashboardSerializer(serializers.Serializer[Any]):
    """What is due and what was done; days are the learner's own."""

    today = serializers.DateField(help_text="By your time zone and rollover hour")
    due_now = serializers.IntegerField()
    due_today = serializers.IntegerField(help_text="By the end of today, those due now included")
    overdue = serializers.IntegerField(help_text="Due now, and since before today")
    cards = CardsByStageSerializer()
    reviewed_today = ReviewSumsSerializer()
    last_30_days = ReviewSumsSerializer(help_text="Today included")
    streak_days = serializers.IntegerField(
        help_text="Days in a row with a review, up to today, or yesterday while none is done today"
    )


class CategoryStatisticsSerializer(serializers.Serializer[Any]):
    """A category's own cards and reviews, without those of categories below it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    card_count = serializers.IntegerField()
    due_count = serializers.IntegerField()
    last_30_days = ReviewSumsSerializer()
    all_time = ReviewSumsSerializer()


class ActivityDaySerializer(ReviewSumsSerializer):
    """One of the learner's own days."""

    day = serializers.DateField()


class ActivitySerializer(serializers.Serializer[Any]):
    """Days without gaps, oldest first, today last."""

    days = ActivityDaySerializer(many=True)


class ActivityQuerySerializer(serializers.Serializer[Any]):
    """How far to look back."""

    days = serializers.IntegerField(min_value=1, max_value=YEAR_DAYS, default=365)


class ButtonsSerializer(serializers.Serializer[Any]):
    """Reviews by rating."""

    again = serializers.IntegerField()
    hard = serializers.IntegerField()
    good = serializers.IntegerField()
    easy = serializers.IntegerField()


class RetentionClassSerializer(ReviewSumsSerializer):
    """Reviews of cards that had been scheduled for so many days; without bounds: in learning."""

    from_days = serializers.IntegerField(allow_null=True)
    below_days = serializers.IntegerField(allow_null=True)
    buttons = ButtonsSerializer()


class RetentionSerializer(serializers.Serializer[Any]):
    """Learning first, then by interval, shortest first; all time."""

    classes = RetentionClassSerializer(many=True)


class HourSerializer(ReviewSumsSerializer):
    """One hour of the learner's own clock."""

    hour = serializers.IntegerField(min_value=0, max_value=23)


class HoursSerializer(serializers.Serializer[Any]):
    """The 24 hours, all time."""

    hours = HourSerializer(many=True)


class Dashboard(APIView):
    """Where the learner stands."""

    @extend_schema(
        operation_id="statistics_dashboard", responses=DashboardSerializer, tags=["statistics"]
    )
    def get(self, request: Request) -> Response:
        """Return what is due and what was done; your last answer is counted."""
        return Response(dashboard(learner_of(request.user), now=timezone.now()))


class Categories(APIView):
    """Where the learner stands in each category."""

    @extend_schema(
        operation_id="statistics_categories",
        responses=CategoryStatisticsSerializer(many=True),
        tags=["statistics"],
    )
    def get(self, request: Request) -> Response:
        """Return each category's cards and reviews, of 30 days and of all time."""
        return Response(categories(learner_of(request.user), now=timezone.now()))


class Activity(APIView):
    """What the learner did, day by day."""

    @extend_schema(
        operation_id="statistics_activity",
        parameters=[ActivityQuerySerializer],
        responses=ActivitySerializer,
        tags=["statistics"],
    )
    def get(self, request: Request) -> Response:
        """Return the reviews of each of the last days."""
        query = ActivityQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        days = query.validated_data["days"]
        return Response({"days": activity(learner_of(request.user), days=days, now=timezone.now())})


class Retention(APIView):
    """What the learner recalls."""

    @extend_schema(
        operation_id="statistics_retention", responses=RetentionSerializer, tags=["statistics"]
    )
    def get(self, request: Request) -> Response:
        """Return the share recalled, and the buttons pressed, by interval."""
        return Response({"classes": retention(learner_of(request.user))})


class AnswersSerializer(serializers.Serializer[Any]):
    """What HARD stands for in the learner's answers, a day or more after the ones before."""

    verdict = serializers.ChoiceField([verdict.value for verdict in Verdict])
    explanation = serializers.CharField()
    answer_count = serializers.IntegerField()
    again_count = serializers.IntegerField()
    hard_count = serializers.IntegerField()
    expected_forgotten = serializers.FloatField()
    hard_after_hard = serializers.FloatField(help_text="Share of answers after HARD that are HARD")
    hard_after_else = serializers.FloatField()


class Answers(APIView):
    """How the learner uses the buttons."""

    @extend_schema(
        operation_id="statistics_answers", responses=AnswersSerializer, tags=["statistics"]
    )
    def get(self, request: Request) -> Response:
        """Tell whether you press HARD for what you had forgotten, and why that matters."""
        found = answers_advice(learner_of(request.user))
        return Response(AnswersSerializer(found).data)


class Hours(APIView):
    """When the learner recalls best."""

    @extend_schema(operation_id="statistics_hours", responses=HoursSerializer, tags=["statistics"])
    def get(self, request: Request) -> Response:
        """Return the share recalled by hour of your own day."""
        return Response({"hours": hourly(learner_of(request.user))})


urlpatterns = [
    path("dashboard/", Dashboard.as_view(), name="statistics-dashboard"),
    path("categories/", Categories.as_view(), name="statistics-categories"),
    path("retention/", Retention.as_view(), name="statistics-retention"),
    path("hours/", Hours.as_view(), name="statistics-hours"),
    path("answers/", Answers.as_view(), name="statistics-answers"),
    path("activity/", Activity.as_view(), name="statistics-activity"),
]
