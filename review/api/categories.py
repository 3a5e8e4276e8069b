"""Categories over HTTP."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.etags import IF_MATCH, if_match, tagged
from config.api.idempotency import idempotent
from review.access import category_of
from review.commands import categories as commands
from review.models import Category
from review.queries.contents import category_tree


class CategorySerializer(serializers.Serializer[Any]):
    """A category; ``parent`` is the one it stands below, null at the top."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=100)
    parent = serializers.UUIDField(allow_null=True, default=None)  # type: ignore[assignment]
    created_at = serializers.DateTimeField(read_only=True)


class DeletionSerializer(serializers.Serializer[Any]):
    """Where what the category holds goes."""

    into = serializers.UUIDField(required=False, help_text="Another category")


def _shown(category: Category) -> dict[str, Any]:
    return {
        "id": category.public_id,
        "name": category.name,
        "parent": category.parent.public_id if category.parent else None,
        "created_at": category.created_at,
    }


class Categories(APIView):
    """The learner's tree of categories."""

    @extend_schema(
        operation_id="categories_list", responses=CategorySerializer(many=True), tags=["categories"]
    )
    def get(self, request: Request) -> Response:
        """Return all your categories by name; ``parent`` makes the tree."""
        return Response(category_tree(learner_of(request.user)))

    @extend_schema(
        operation_id="categories_create",
        request=CategorySerializer,
        responses={201: CategorySerializer},
        tags=["categories"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a category, at the top or below another."""
        body = CategorySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        category = commands.create_category(
            learner=learner_of(request.user),
            name=body.validated_data["name"],
            parent_id=body.validated_data["parent"],
        )
        return Response(_shown(category), status=status.HTTP_201_CREATED)


class CategoryDetail(APIView):
    """One category."""

    @extend_schema(
        operation_id="categories_read", responses=CategorySerializer, tags=["categories"]
    )
    def get(self, request: Request, category_id: UUID) -> Response:
        """Return a category."""
        return tagged(_shown(category_of(learner_of(request.user), category_id)))

    @extend_schema(
        operation_id="categories_update",
        parameters=[IF_MATCH],
        request=CategorySerializer,
        responses=CategorySerializer,
        tags=["categories"],
    )
    def patch(self, request: Request, category_id: UUID) -> Response:
        """Rename a category, or hang it below another; fields left out stay as they are."""
        body = CategorySerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        category = commands.change_category(
            learner=learner_of(request.user),
            category_id=category_id,
            changes=body.validated_data,
            check=if_match(request, _shown),
        )
        return tagged(_shown(category))

    @extend_schema(
        operation_id="categories_delete",
        parameters=[DeletionSerializer, IF_MATCH],
        responses={204: None},
        tags=["categories"],
    )
    def delete(self, request: Request, category_id: UUID) -> Response:
        """Delete a category: an empty one, or ``into`` another, with cards and past reviews."""
        query = DeletionSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        commands.delete_category(
            learner=learner_of(request.user),
            category_id=category_id,
            into_id=query.validated_data.get("into"),
            now=timezone.now(),
            check=if_match(request, _shown),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


urlpatterns = [
    path("", Categories.as_view(), name="categories"),
    path("<uuid:category_id>/", CategoryDetail.as_view(), name="category"),
]
