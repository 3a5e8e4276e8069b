"""Contents (cards) over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.etags import IF_MATCH, if_match, tagged
from config.api.idempotency import idempotent
from review.access import content_of
from review.commands import contents as commands
from review.commands.moves import move_content
from review.models import Content, Stage
from review.queries.contents import category_and_below, search, stage_name, stored_contents

TAG = serializers.CharField(max_length=60)


class ContentChangesSerializer(serializers.Serializer[Any]):
    """What a learner writes on a card."""

    front = serializers.CharField(max_length=5000)
    back = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    gloss = serializers.CharField(max_length=500, allow_blank=True, default="")
    example = serializers.CharField(max_length=5000, allow_blank=True, default="")
    tags = serializers.ListField(child=TAG, max_length=50, default=list)


class NewContentSerializer(ContentChangesSerializer):
    """A card to add."""

    category = serializers.UUIDField()


class NewContentsSerializer(serializers.Serializer[Any]):
    """Cards to add in one call, all or none."""

    contents = NewContentSerializer(
        many=True,
        allow_empty=False,
        max_length=commands.BATCH_MAX,  # type: ignore[call-arg]
    )


class PlaceSerializer(serializers.Serializer[Any]):
    """Where a content belongs."""

    category = serializers.UUIDField()


class ContentSerializer(serializers.Serializer[Any]):
    """A content with its schedule; ``stage`` is ``draft`` while it has no answer."""

    id = serializers.UUIDField()
    category = serializers.UUIDField()
    front = serializers.CharField()
    back = serializers.CharField()
    gloss = serializers.CharField()
    example = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    source = serializers.DictField()  # type: ignore[assignment]
    stage = serializers.ChoiceField(["draft", *(stage.name.lower() for stage in Stage)])
    due_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


_COLUMNS = (
    "front", "back", "gloss", "example", "tags", "source",
    "archived_at", "created_at", "updated_at",
)  # fmt: skip


def shown(content: Content) -> dict[str, Any]:
    """Return a content as the API shows one."""
    schedule = getattr(content, "schedule", None)
    return {
        "id": content.public_id,
        "category": content.category.public_id,
        **{name: getattr(content, name) for name in _COLUMNS},
        "stage": stage_name(schedule.stage if schedule else None),
        "due_at": schedule.due_at if schedule else None,
    }


class ContentFilter(django_filters.FilterSet):
    """Narrow the list; conditions add up."""

    category = django_filters.UUIDFilter(method="in_category", label="The category and all below")
    tag = django_filters.CharFilter(method="with_tag")
    archived = django_filters.BooleanFilter("archived_at", "isnull", exclude=True)
    draft = django_filters.BooleanFilter("schedule", "isnull")
    stage = django_filters.ChoiceFilter(
        method="in_stage", choices=[(stage.name.lower(), stage.label) for stage in Stage]
    )
    q = django_filters.CharFilter(method="matching", label="Words that all stand in the card")

    class Meta:
        model = Content
        fields: ClassVar[list[str]] = []

    def in_category(self, rows: QuerySet[Content], name: str, value: UUID) -> QuerySet[Content]:
        """Keep the category's contents."""
        assert self.request is not None  # a filter of a view
        keys = category_and_below(learner_of(self.request.user), value)
        return rows.filter(category_id__in=keys)

    def with_tag(self, rows: QuerySet[Content], name: str, value: str) -> QuerySet[Content]:
        """Keep what bears the tag."""
        return rows.filter(tags__contains=[value])

    def in_stage(self, rows: QuerySet[Content], name: str, value: str) -> QuerySet[Content]:
        """Keep cards in this stage."""
        return rows.filter(schedule__stage=Stage[value.upper()])

    def matching(self, rows: QuerySet[Content], name: str, value: str) -> QuerySet[Content]:
        """Keep what the words are found in."""
        return search(rows, value)


def _new(data: dict[str, Any]) -> commands.NewContent:
    return commands.NewContent(category_id=data.pop("category"), **data)


class Contents(GenericAPIView[Content]):
    """The learner's contents."""

    filterset_class = ContentFilter
    serializer_class = ContentSerializer

    def get_queryset(self) -> QuerySet[Content]:
        """Return the learner's own."""
        if getattr(self, "swagger_fake_view", False):
            return Content.objects.none()
        return stored_contents(learner_of(self.request.user))

    @extend_schema(
        operation_id="contents_list", responses=ContentSerializer(many=True), tags=["contents"]
    )
    def get(self, request: Request) -> Response:
        """Return your contents, newest first, in pages."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([shown(content) for content in page])

    @extend_schema(
        operation_id="contents_create",
        request=NewContentSerializer,
        responses={201: ContentSerializer},
        tags=["contents"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a card; without back and gloss it stays a draft and is not scheduled."""
        body = NewContentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        new = _new(body.validated_data)
        content = commands.add_content(
            learner=learner_of(request.user), new=new, now=timezone.now()
        )
        return Response(shown(content), status=status.HTTP_201_CREATED)


class ContentsInBulk(APIView):
    """Many contents in one call."""

    cost = 10

    @extend_schema(
        operation_id="contents_create_bulk",
        request=NewContentsSerializer,
        responses={201: ContentSerializer(many=True)},
        tags=["contents"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add up to 1,000 cards, all or none; they are answered in the order given."""
        body = NewContentsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        new = [_new(item) for item in body.validated_data["contents"]]
        contents = commands.add_contents(
            learner=learner_of(request.user), new=new, now=timezone.now()
        )
        return Response([shown(content) for content in contents], status=status.HTTP_201_CREATED)


@extend_schema(tags=["contents"])
class ContentDetail(APIView):
    """One content."""

    @extend_schema(operation_id="contents_read", responses=ContentSerializer)
    def get(self, request: Request, content_id: UUID) -> Response:
        """Return a content with its schedule."""
        return tagged(shown(content_of(learner_of(request.user), content_id)))

    @extend_schema(
        operation_id="contents_update",
        parameters=[IF_MATCH],
        request=ContentChangesSerializer,
        responses=ContentSerializer,
    )
    def patch(self, request: Request, content_id: UUID) -> Response:
        """Change a content; a draft that gets an answer is scheduled at once."""
        body = ContentChangesSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        content = commands.edit_content(
            learner=learner_of(request.user),
            content_id=content_id,
            changes=body.validated_data,
            now=timezone.now(),
            check=if_match(request, shown),
        )
        return tagged(shown(content))


@extend_schema(tags=["contents"], request=None, responses=ContentSerializer)
class ContentArchive(APIView):
    """Out of reviews."""

    @extend_schema(operation_id="contents_archive")
    def post(self, request: Request, content_id: UUID) -> Response:
        """Take a content out of reviews; its history still counts."""
        learner = learner_of(request.user)
        return Response(
            shown(
                commands.archive_content(learner=learner, content_id=content_id, now=timezone.now())
            )
        )


@extend_schema(tags=["contents"], request=None, responses=ContentSerializer)
class ContentRestore(APIView):
    """Back into reviews."""

    @extend_schema(operation_id="contents_restore")
    def post(self, request: Request, content_id: UUID) -> Response:
        """Bring an archived content back, with the schedule it had."""
        content = commands.restore_content(
            learner=learner_of(request.user), content_id=content_id, now=timezone.now()
        )
        return Response(shown(content))


@extend_schema(tags=["contents"], request=PlaceSerializer, responses=ContentSerializer)
class ContentMove(APIView):
    """To another category."""

    @extend_schema(operation_id="contents_move")
    def post(self, request: Request, content_id: UUID) -> Response:
        """Put a content into another category; its past reviews count there from now on."""
        body = PlaceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        content = move_content(
            learner=learner_of(request.user),
            content_id=content_id,
            category_id=body.validated_data["category"],
            now=timezone.now(),
        )
        return Response(shown(content))


urlpatterns = [
    path("", Contents.as_view(), name="contents"),
    path("bulk/", ContentsInBulk.as_view(), name="contents-bulk"),
    path("<uuid:content_id>/", ContentDetail.as_view(), name="content"),
    path("<uuid:content_id>/move/", ContentMove.as_view(), name="content-move"),
    path("<uuid:content_id>/archive/", ContentArchive.as_view(), name="content-archive"),
    path("<uuid:content_id>/restore/", ContentRestore.as_view(), name="content-restore"),
]
