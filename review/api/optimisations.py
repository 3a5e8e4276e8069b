"""A learner's own weights, over HTTP: what was found out, and to have it found out now."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.jobs.views import JobSerializer
from config.jobs.views import shown as job_shown
from review.commands.optimising import request_optimisation
from review.plan_models import Optimisation
from review.queries.optimisations import SHOWN, optimisations


class CostSerializer(serializers.Serializer[Any]):
    """What a desired retention costs and is worth: of 1,000 new cards, in a year."""

    retention = serializers.FloatField()
    reviews_a_day = serializers.FloatField()
    minutes_a_day = serializers.FloatField()
    recalled = serializers.FloatField(help_text="Cards of the 1,000 recalled after the year")


class OptimisationSerializer(serializers.Serializer[Any]):
    """One try: weights are fitted to earlier answers and judged by the later ones."""

    created_at = serializers.DateTimeField()
    is_kept = serializers.BooleanField(help_text="The later answers were foreseen no worse")
    fitted_count = serializers.IntegerField()
    held_out_count = serializers.IntegerField()
    log_loss_before = serializers.FloatField(allow_null=True, help_text="The lower the better")
    log_loss_after = serializers.FloatField(allow_null=True)
    log_loss_default = serializers.FloatField(allow_null=True)
    recommended_retention = serializers.FloatField(
        help_text="Where more minutes begin to buy few more recalled cards"
    )
    costs = CostSerializer(many=True)


def _shown(row: Optimisation) -> dict[str, Any]:
    names = OptimisationSerializer().fields.keys() - {"costs"}
    cost = ("retention", "reviews_a_day", "minutes_a_day", "recalled")
    costs = [dict(zip(cost, each, strict=True)) for each in row.costs]
    return {**{name: getattr(row, name) for name in names}, "costs": costs}


class Optimisations(APIView):
    """How well the learner's answers are foreseen."""

    @extend_schema(
        operation_id="optimisations_list",
        responses=OptimisationSerializer(many=True),
        tags=["scheduling"],
    )
    def get(self, request: Request) -> Response:
        """Return the latest tries to fit FSRS to you, newest first."""
        rows = optimisations(learner_of(request.user))[:SHOWN]
        return Response([_shown(row) for row in rows])

    @extend_schema(
        operation_id="optimisations_request",
        request=None,
        responses={202: JobSerializer},
        tags=["scheduling"],
    )
    def post(self, request: Request) -> Response:
        """Have it done now; what waits already is the same promise."""
        job = request_optimisation(learner=learner_of(request.user))
        return Response(job_shown(job), status=status.HTTP_202_ACCEPTED)


urlpatterns = [path("scheduling/optimisations/", Optimisations.as_view(), name="optimisations")]
