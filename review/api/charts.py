"""Charts over HTTP: as data, and as pictures to look at or to embed."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.negotiation import JsonErrors
from review.queries.charts import CHARTS, FORECAST_DAYS, Wanted, chart
from review.queries.pictures import FORMATS, THEMES, picture, tag

_NAME = OpenApiParameter(
    "name", str, OpenApiParameter.PATH, enum=sorted(CHARTS), description="Which chart"
)


class ChartQuerySerializer(serializers.Serializer[Any]):
    """Of what, and how."""

    category = serializers.UUIDField(
        required=False, help_text="Its cards and those below; not of retention-curve and activity"
    )
    days = serializers.ChoiceField(
        FORECAST_DAYS, default=FORECAST_DAYS[0], help_text="How far the forecast looks"
    )
    theme = serializers.ChoiceField(list(THEMES), default="light", help_text="Of a picture")


class ChartSerializer(serializers.Serializer[Any]):
    """A chart's data: bins, cards, classes or days, and what sums them up."""

    bins = serializers.ListField(required=False, help_text="from, below, label, count")
    cards = serializers.ListField(required=False, help_text="id, front, difficulty, lapses, reps")
    classes = serializers.ListField(required=False, help_text="As in /statistics/retention/")
    days = serializers.ListField(
        required=False, help_text="day; expected, low and high, or reviews as in activity"
    )


def _query(request: Request) -> dict[str, Any]:
    query = ChartQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _data(request: Request, name: str, query: dict[str, Any]) -> dict[str, Any]:
    wanted = Wanted(
        learner_of(request.user),
        timezone.now(),
        category_id=query.get("category"),
        days=query["days"],
    )
    return chart(name, wanted)


class ChartData(APIView):
    """A chart's data."""

    @extend_schema(
        operation_id="statistics_chart",
        parameters=[_NAME, ChartQuerySerializer],
        responses=ChartSerializer,
        tags=["statistics"],
    )
    def get(self, request: Request, name: str) -> Response:
        """Return what a chart shows, for a client that draws it itself."""
        return Response(_data(request, name, _query(request)))


class _Picture(APIView):
    content_negotiation_class = JsonErrors
    cost = 5
    form = ""

    def get(self, request: Request, name: str) -> HttpResponse:
        """Return the picture; nothing when the client's is still right."""
        query = _query(request)
        data = _data(request, name, query)
        looks = {"form": self.form, "theme": query["theme"]}
        headers = {"ETag": tag(name, data, **looks), "Cache-Control": "private, max-age=60"}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=headers)
        drawn = picture(name, data, **looks)
        return HttpResponse(drawn, content_type=FORMATS[self.form], headers=headers)


def _documented(form: str) -> Any:
    get = extend_schema(
        operation_id=f"statistics_chart_{form}",
        parameters=[_NAME, ChartQuerySerializer],
        responses={(200, FORMATS[form]): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["statistics"],
    )
    return extend_schema_view(get=get)


@_documented("svg")
class ChartSvg(_Picture):
    """A chart as SVG."""

    form = "svg"


@_documented("png")
class ChartPng(_Picture):
    """A chart as PNG."""

    form = "png"


urlpatterns = [
    path("charts/<slug:name>/", ChartData.as_view(), name="statistics-chart"),
    path("<slug:name>.svg", ChartSvg.as_view(), name="statistics-chart-svg"),
    path("<slug:name>.png", ChartPng.as_view(), name="statistics-chart-png"),
]
