"""How reviews are spread over days, over HTTP."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import Learner, learner_of
from review.access import category_of
from review.commands import plans as commands
from review.plan_models import Plan
from review.queries.planning import category_plan, deferred_cards, outlook, plan_of

A_DAY_MAX = 9999


class CategoryPlanSerializer(serializers.Serializer[Any]):
    """Caps and an exam; null: none."""

    reviews_a_day = serializers.IntegerField(
        min_value=1,
        max_value=A_DAY_MAX,
        allow_null=True,
        help_text="What is due beyond is put off, the most surely recalled first; never hidden",
    )
    new_a_day = serializers.IntegerField(min_value=0, max_value=A_DAY_MAX, allow_null=True)
    exam_on = serializers.DateField(allow_null=True)
    exam_retention = serializers.FloatField(
        min_value=0.7, max_value=0.99, help_text="Share you want to recall on the day of the exam"
    )


class PlanSerializer(CategoryPlanSerializer):
    """Wishes for all of the learner's days."""

    is_levelled = serializers.BooleanField(
        help_text="Move cards within what fuzz allows, so that days are alike"
    )
    is_optimised = serializers.BooleanField(
        help_text="Fit the weights to your answers, and keep them where that foresees you better"
    )
    day_shares = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1),
        min_length=7,
        max_length=7,
        help_text="How much of a usual day each weekday is, Monday first",
    )
    away_from = serializers.DateField(allow_null=True)
    away_until = serializers.DateField(allow_null=True, help_text="The last day away")


class PlannedExamSerializer(serializers.Serializer[Any]):
    """An exam to come, and what it will find."""

    category = serializers.UUIDField(allow_null=True, help_text="Null: all cards")
    exam_on = serializers.DateField()
    target = serializers.FloatField()
    predicted_recall = serializers.FloatField(
        allow_null=True, help_text="Of the cards seen by now, if reviews are done when due"
    )
    card_count = serializers.IntegerField()
    new_count = serializers.IntegerField(help_text="Cards never seen")
    new_a_day_needed = serializers.IntegerField(help_text="To have seen all of them by then")


class ShownPlanSerializer(PlanSerializer):
    """The wishes, and what comes of them."""

    planned_at = serializers.DateTimeField(allow_null=True)
    due_count = serializers.IntegerField(help_text="Asked now")
    deferred_count = serializers.IntegerField(help_text="Due, and put off under a cap")
    exams = PlannedExamSerializer(many=True)


class DeferredCardSerializer(serializers.Serializer[Any]):
    """A card that is due and was put off."""

    id = serializers.UUIDField()
    front = serializers.CharField()
    due_at = serializers.DateTimeField()
    planned_at = serializers.DateTimeField()


class DeferredQuerySerializer(serializers.Serializer[Any]):
    """How many."""

    limit = serializers.IntegerField(min_value=1, max_value=1000, default=200)


def _shown(learner: Learner) -> Response:
    row = plan_of(learner)
    wishes = {name: getattr(row, name) for name in (*commands.FIELDS, "planned_at")}
    return Response({**wishes, **outlook(learner, now=timezone.now())})


def _of_category(row: Plan) -> Response:
    return Response({name: getattr(row, name) for name in commands.CATEGORY_FIELDS})


def _changes(request: Request, kind: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    body = kind(data=request.data, partial=True)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


@extend_schema(tags=["plan"], responses=ShownPlanSerializer)
class LearnerPlan(APIView):
    """The learner's own days."""

    @extend_schema(operation_id="plan_get")
    def get(self, request: Request) -> Response:
        """Return how your reviews are spread, what was put off, and what exams will find."""
        return _shown(learner_of(request.user))

    @extend_schema(operation_id="plan_change", request=PlanSerializer(partial=True))
    def patch(self, request: Request) -> Response:
        """Change it; the cards are planned anew at once."""
        learner, changes = learner_of(request.user), _changes(request, PlanSerializer)
        commands.change_plan(learner=learner, changes=changes, now=timezone.now())
        return _shown(learner)


class Deferred(APIView):
    """What was put off."""

    @extend_schema(
        operation_id="plan_deferred",
        tags=["plan"],
        parameters=[DeferredQuerySerializer],
        responses=DeferredCardSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Return the cards that are due and were put off under a cap, with their day."""
        query = DeferredQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        limit = query.validated_data["limit"]
        learner = learner_of(request.user)
        return Response(deferred_cards(learner, now=timezone.now(), limit=limit))


@extend_schema(tags=["plan"], responses=CategoryPlanSerializer)
class CategoryPlan(APIView):
    """What holds for a category and all below it besides."""

    @extend_schema(operation_id="category_plan_get")
    def get(self, request: Request, category_id: UUID) -> Response:
        """Return the category's own caps and exam."""
        learner = learner_of(request.user)
        return _of_category(category_plan(learner, category_of(learner, category_id).pk))

    @extend_schema(
        operation_id="category_plan_change", request=CategoryPlanSerializer(partial=True)
    )
    def patch(self, request: Request, category_id: UUID) -> Response:
        """Change them; they hold besides your own and those of categories above."""
        changes = _changes(request, CategoryPlanSerializer)
        row = commands.change_category_plan(
            learner=learner_of(request.user),
            category_id=category_id,
            changes=changes,
            now=timezone.now(),
        )
        return _of_category(row)

    @extend_schema(operation_id="category_plan_forget")
    def delete(self, request: Request, category_id: UUID) -> Response:
        """Take the category's caps and exam away."""
        commands.forget_category_plan(
            learner=learner_of(request.user), category_id=category_id, now=timezone.now()
        )
        return _of_category(Plan())


urlpatterns = [
    path("plan/", LearnerPlan.as_view(), name="plan"),
    path("plan/deferred/", Deferred.as_view(), name="plan-deferred"),
    path("categories/<uuid:category_id>/plan/", CategoryPlan.as_view(), name="category-plan"),
]
