"""What else the tutor does over HTTP: today's plan, many questions at once, analyses."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from chat.access import analyses_of, analysis_of, batch_of
from chat.commands.batches import ITEMS_MAX, begin_batch
from chat.commands.messages import TEXT_MAX
from chat.models import Analysis, Batch, BatchItem
from chat.queries.analysis import shown_analysis, trend_plot
from chat.queries.recommendations import in_words, plan_for_today
from config.api.idempotency import idempotent
from config.api.negotiation import JsonErrors

SVG = "image/svg+xml"


class PlannedWordSerializer(serializers.Serializer[Any]):
    """A word to practise."""

    content = serializers.UUIDField()
    front = serializers.CharField()
    is_due = serializers.BooleanField(help_text="Or else it is one of the hardest")


class PlanSerializer(serializers.Serializer[Any]):
    """What to do today; computed, and only put into words by a model."""

    words = PlannedWordSerializer(many=True)
    due_count = serializers.IntegerField()
    grammar = serializers.CharField(help_text="What is most often wrong; empty: nothing is")
    advice = serializers.CharField()
    answered_by = serializers.CharField(help_text="template where no model answered")


class BatchSerializer(serializers.Serializer[Any]):
    """Questions, each answered by itself."""

    texts = serializers.ListField(
        child=serializers.CharField(max_length=TEXT_MAX), min_length=1, max_length=ITEMS_MAX
    )


class BatchItemSerializer(serializers.Serializer[Any]):
    """One question and its answer."""

    position = serializers.IntegerField(help_text="From 1")
    text = serializers.CharField()
    state = serializers.ChoiceField(BatchItem.State.values)
    answer = serializers.CharField()
    answered_by = serializers.CharField()
    code = serializers.CharField(help_text="Why a template stands in")


class ShownBatchSerializer(serializers.Serializer[Any]):
    """How far a batch is."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    done_count = serializers.IntegerField()
    percent = serializers.IntegerField()
    items = BatchItemSerializer(many=True)


class AnalysisSerializer(serializers.Serializer[Any]):
    """A full look at what you said, after every hundredth message."""

    id = serializers.UUIDField()
    message_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    report = serializers.JSONField(help_text="Levels by week, words, mistakes")


@extend_schema(tags=["chat"])
class Today(APIView):
    """Today's plan."""

    cost = 5

    @extend_schema(operation_id="chat_today", responses=PlanSerializer)
    def get(self, request: Request) -> Response:
        """Return what to do today: due and hard words, and a grammar point."""
        learner = learner_of(request.user)
        plan = plan_for_today(learner, now=timezone.now())
        advice, by = in_words(learner, plan)
        return Response(
            {
                "words": plan.words,
                "due_count": plan.due_count,
                "grammar": plan.grammar,
                "advice": advice,
                "answered_by": by,
            }
        )


@extend_schema(tags=["chat"])
class Batches(APIView):
    """Many questions at once."""

    cost = 20

    @extend_schema(
        operation_id="chat_batch", request=BatchSerializer, responses={202: ShownBatchSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask up to 50 questions; they are answered in the background, each by itself."""
        body = BatchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        learner, texts = learner_of(request.user), body.validated_data["texts"]
        batch = begin_batch(learner=learner, texts=texts, now=timezone.now())
        headers = {"Location": reverse("chat-batch-one", args=[batch.public_id])}
        return Response(_shown(batch), status.HTTP_202_ACCEPTED, headers=headers)


@extend_schema(tags=["chat"])
class OneBatch(APIView):
    """One batch."""

    @extend_schema(operation_id="chat_batch_get", responses=ShownBatchSerializer)
    def get(self, request: Request, batch_id: UUID) -> Response:
        """Return how far a batch is, with the answers there are."""
        return Response(_shown(batch_of(learner_of(request.user), batch_id)))


@extend_schema(tags=["chat"])
class Analyses(GenericAPIView[Analysis]):
    """The learner's analyses."""

    serializer_class = AnalysisSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Analysis]:
        """Return the learner's own."""
        if getattr(self, "swagger_fake_view", False):
            return Analysis.objects.none()
        return analyses_of(learner_of(self.request.user))

    @extend_schema(operation_id="chat_analyses_list", responses=AnalysisSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the analyses of what you said, newest first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([shown_analysis(each) for each in page])


@extend_schema(tags=["chat"])
class AnalysisPlot(APIView):
    """An analysis as a picture."""

    content_negotiation_class = JsonErrors

    @extend_schema(
        operation_id="chat_analyses_plot",
        responses={(200, SVG): OpenApiResponse(OpenApiTypes.STR)},
    )
    def get(self, request: Request, analysis_id: UUID) -> HttpResponse:
        """Return the level of your messages by week as SVG."""
        found = analysis_of(learner_of(request.user), analysis_id)
        return HttpResponse(trend_plot(found.report["weeks"]), content_type=SVG)


def _shown(batch: Batch) -> dict[str, Any]:
    items = sorted(batch.items.all(), key=lambda item: item.position)
    done = sum(item.state == BatchItem.State.DONE for item in items)
    names = ("position", "text", "state", "answer", "answered_by", "code")
    return {
        "id": batch.public_id,
        "created_at": batch.created_at,
        "done_count": done,
        "percent": 100 * done // (len(items) or 1),
        "items": [{name: getattr(item, name) for name in names} for item in items],
    }


urlpatterns = [
    path("today/", Today.as_view(), name="chat-today"),
    path("batch/", Batches.as_view(), name="chat-batch"),
    path("batch/<uuid:batch_id>/", OneBatch.as_view(), name="chat-batch-one"),
    path("analyses/", Analyses.as_view(), name="chat-analyses"),
    path("analyses/<uuid:analysis_id>/trend.svg", AnalysisPlot.as_view(), name="chat-plot"),
]
