"""How cards are scheduled, over HTTP."""

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import Learner, learner_of
from review.commands import parameters as commands
from review.fsrs6 import HIGHEST_WEIGHTS, LOWEST_WEIGHTS
from review.leeches import LeechAction
from review.queries.parameters import Source, chosen_parameters

STEP_SECONDS_MAX = 86_400
WEIGHT_BOUNDS = tuple(zip(LOWEST_WEIGHTS, HIGHEST_WEIGHTS, strict=True))


def _steps(help_text: str) -> serializers.ListField:
    step = serializers.IntegerField(min_value=1, max_value=STEP_SECONDS_MAX)
    return serializers.ListField(child=step, max_length=10, help_text=help_text)


class SchedulingSerializer(serializers.Serializer[Any]):
    """What decides intervals from the next answer on; what was decided before stays."""

    desired_retention = serializers.FloatField(
        min_value=0.7, max_value=0.99, help_text="Share you want to recall when a card comes back"
    )
    learning_steps_seconds = _steps("Pauses before a new card gets an interval of days")
    relearning_steps_seconds = _steps("The same, of a card that was forgotten")
    maximum_interval_days = serializers.IntegerField(min_value=1, max_value=36_500)
    is_fuzzed = serializers.BooleanField(
        help_text="Spread cards that were learnt together over some days"
    )
    leech_threshold = serializers.IntegerField(
        min_value=0, max_value=99, help_text="Lapses that make a card a leech; 0: none is one"
    )
    leech_action = serializers.ChoiceField([action.value for action in LeechAction])
    weights = serializers.ListField(
        child=serializers.FloatField(), min_length=21, max_length=21, help_text="Of FSRS-6"
    )

    def validate_weights(self, weights: list[float]) -> list[float]:
        """Refuse what FSRS-6 could not compute with."""
        for index, (weight, (lowest, highest)) in enumerate(
            zip(weights, WEIGHT_BOUNDS, strict=True)
        ):
            if not lowest <= weight <= highest:
                raise serializers.ValidationError(
                    f"Weight {index} lies between {lowest} and {highest}."
                )
        return weights


class ChosenSchedulingSerializer(SchedulingSerializer):
    """What decides intervals, and whose choice it is."""

    source = serializers.ChoiceField([source.value for source in Source])  # type: ignore[assignment]


def _answer(learner: Learner, category_id: UUID | None = None) -> Response:
    found = chosen_parameters(learner, category_id=category_id)
    fields = {name: getattr(found.parameters, name) for name in commands.FIELDS}
    return Response({**fields, "source": found.source.value})


def _changes(request: Request) -> dict[str, Any]:
    body = SchedulingSerializer(data=request.data, partial=True)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


@extend_schema(tags=["scheduling"], responses=ChosenSchedulingSerializer)
class Scheduling(APIView):
    """The learner's own choice."""

    @extend_schema(operation_id="scheduling_get")
    def get(self, request: Request) -> Response:
        """Return how your cards are scheduled where their category has not chosen."""
        return _answer(learner_of(request.user))

    @extend_schema(operation_id="scheduling_change", request=SchedulingSerializer(partial=True))
    def patch(self, request: Request) -> Response:
        """Change it from the next answer on."""
        learner = learner_of(request.user)
        commands.choose_parameters(learner=learner, changes=_changes(request))
        return _answer(learner)


@extend_schema(tags=["scheduling"], responses=ChosenSchedulingSerializer)
class CategoryScheduling(APIView):
    """A category's choice, which holds for those below it too."""

    @extend_schema(operation_id="category_scheduling_get")
    def get(self, request: Request, category_id: UUID) -> Response:
        """Return how the category's cards are scheduled."""
        return _answer(learner_of(request.user), category_id)

    @extend_schema(
        operation_id="category_scheduling_change", request=SchedulingSerializer(partial=True)
    )
    def patch(self, request: Request, category_id: UUID) -> Response:
        """Change it for this category and those below it, from the next answer on."""
        learner = learner_of(request.user)
        commands.choose_category_parameters(
            learner=learner, category_id=category_id, changes=_changes(request)
        )
        return _answer(learner, category_id)

    @extend_schema(operation_id="category_scheduling_inherit")
    def delete(self, request: Request, category_id: UUID) -> Response:
        """Follow the category above again, or your own choice."""
        learner = learner_of(request.user)
        commands.inherit_parameters(learner=learner, category_id=category_id)
        return _answer(learner, category_id)


urlpatterns = [
    path("scheduling/", Scheduling.as_view(), name="scheduling"),
    path(
        "categories/<uuid:category_id>/scheduling/",
        CategoryScheduling.as_view(),
        name="category-scheduling",
    ),
]
