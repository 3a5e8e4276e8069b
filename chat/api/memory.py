"""What the tutor remembers, over HTTP: the learner reads, adds, changes and deletes it."""

from typing import Any
from uuid import UUID

from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from chat.commands import facts as commands
from chat.models import Fact
from chat.queries.facts import facts_of, shown_fact
from config.api.idempotency import idempotent

TEXT_MAX = 200


class FactSerializer(serializers.Serializer[Any]):
    """One thing that is remembered."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Fact.Kind.values)
    text = serializers.CharField(help_text="As the model is told it")
    count = serializers.IntegerField(help_text="How often it was met")
    is_own = serializers.BooleanField(help_text="You wrote it: it stays as you put it")
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()


class NewFactSerializer(serializers.Serializer[Any]):
    """What is to be remembered."""

    kind = serializers.ChoiceField(Fact.Kind.values, default=Fact.Kind.INTEREST)
    text = serializers.CharField(max_length=TEXT_MAX)


class FactTextSerializer(serializers.Serializer[Any]):
    """How it is put."""

    text = serializers.CharField(max_length=TEXT_MAX)


class ForgottenSerializer(serializers.Serializer[Any]):
    """How much was deleted."""

    count = serializers.IntegerField()


@extend_schema(tags=["memory"])
class Facts(APIView):
    """What is remembered."""

    @extend_schema(operation_id="memory_list", responses=FactSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return all that the tutor remembers of you, the last met first."""
        return Response([shown_fact(fact) for fact in facts_of(learner_of(request.user))])

    @extend_schema(
        operation_id="memory_add", request=NewFactSerializer, responses={201: FactSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Tell the tutor something to remember."""
        body = NewFactSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = commands.write_fact(
            learner=learner_of(request.user), now=timezone.now(), **body.validated_data
        )
        headers = {"Location": reverse("fact", args=[made.public_id])}
        return Response(shown_fact(made), status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="memory_forget_all", responses={200: ForgottenSerializer})
    def delete(self, request: Request) -> Response:
        """Delete all of it: none of it is told to a model again."""
        learner = learner_of(request.user)
        return Response({"count": commands.forget_everything(learner=learner, now=timezone.now())})


@extend_schema(tags=["memory"])
class OneFact(APIView):
    """One thing that is remembered."""

    @extend_schema(operation_id="memory_edit", request=FactTextSerializer, responses=FactSerializer)
    def patch(self, request: Request, fact_id: UUID) -> Response:
        """Change how it is put; what it said before is told to no model again."""
        body = FactTextSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        fact = commands.edit_fact(
            learner=learner_of(request.user),
            fact_id=fact_id,
            text=body.validated_data["text"],
            now=timezone.now(),
        )
        return Response(shown_fact(fact))

    @extend_schema(operation_id="memory_forget", responses={204: None})
    def delete(self, request: Request, fact_id: UUID) -> Response:
        """Delete it for good: it is told to no model again, nor learnt again by itself."""
        learner = learner_of(request.user)
        commands.forget_fact(learner=learner, fact_id=fact_id, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


urlpatterns = [
    path("", Facts.as_view(), name="facts"),
    path("<uuid:fact_id>/", OneFact.as_view(), name="fact"),
]
