"""A group's cards and the progress of its members, over HTTP."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.groups import seen_group, taught_group
from accounts.queries.learners import learner_of
from review.commands import group_categories as commands
from review.queries import group_progress as queries


class AssignedCategorySerializer(serializers.Serializer[Any]):
    """A category of the teacher's that members may copy."""

    category = serializers.UUIDField()
    name = serializers.CharField(read_only=True)
    card_count = serializers.IntegerField(read_only=True)


class CopiedSerializer(serializers.Serializer[Any]):
    """What was copied: cards you have already are left out."""

    category = serializers.UUIDField()
    new_count = serializers.IntegerField()
    known_count = serializers.IntegerField()


class MemberProgressSerializer(serializers.Serializer[Any]):
    """What a member who agreed did in 30 days, as of the last refresh."""

    member = serializers.UUIDField()
    name = serializers.CharField()
    level = serializers.CharField()
    review_count = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    active_days = serializers.IntegerField()


@extend_schema(tags=["groups"])
class GroupCategories(APIView):
    """Categories for a group."""

    @extend_schema(
        operation_id="group_categories_list", responses=AssignedCategorySerializer(many=True)
    )
    def get(self, request: Request, group_id: UUID) -> Response:
        """Return what the teacher has assigned."""
        return Response(queries.assigned(seen_group(learner_of(request.user), group_id).pk))

    @extend_schema(
        operation_id="group_categories_assign",
        request=AssignedCategorySerializer,
        responses={201: AssignedCategorySerializer(many=True)},
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        """Assign a category of yours to your group; twice is once."""
        body = AssignedCategorySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        category_id, learner = body.validated_data["category"], learner_of(request.user)
        commands.assign_category(learner=learner, group_id=group_id, category_id=category_id)
        shown = queries.assigned(taught_group(learner, group_id).pk)
        return Response(shown, status.HTTP_201_CREATED)


@extend_schema(tags=["groups"])
class CopyCategory(APIView):
    """A member takes the cards over."""

    @extend_schema(
        operation_id="group_categories_copy", request=None, responses={201: CopiedSerializer}
    )
    def post(self, request: Request, group_id: UUID, category_id: UUID) -> Response:
        """Copy an assigned category's cards into a category of yours; again, only what is new."""
        copied = commands.copy_category(
            learner=learner_of(request.user),
            group_id=group_id,
            category_id=category_id,
            now=timezone.now(),
        )
        return Response(copied, status.HTTP_201_CREATED)


@extend_schema(tags=["groups"])
class GroupProgress(APIView):
    """How the members are doing."""

    @extend_schema(operation_id="group_progress", responses=MemberProgressSerializer(many=True))
    def get(self, request: Request, group_id: UUID) -> Response:
        """Return the progress of the members who agreed; for the teacher."""
        group = taught_group(learner_of(request.user), group_id)
        return Response(queries.progress(group.pk, now=timezone.now()))


urlpatterns = [
    path("categories/", GroupCategories.as_view(), name="group-categories"),
    path("categories/<uuid:category_id>/copy/", CopyCategory.as_view(), name="group-category-copy"),
    path("progress/", GroupProgress.as_view(), name="group-progress"),
]
