"""Conversations and their messages over HTTP."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from chat.access import conversation_of, conversations_of
from chat.commands import conversations as commands
from chat.commands.messages import TEXT_MAX, Said, say
from chat.commands.replies import cancel_reply
from chat.models import TITLE_MAX, Conversation, Message
from chat.queries.conversations import (
    LIMIT_MAX,
    last_messages,
    shown_conversation,
    shown_message,
)
from config.api.idempotency import idempotent
from config.identifiers import new_public_id


class ConversationSerializer(serializers.Serializer[Any]):
    """A conversation; ``event_count`` is the number of its last event, to follow it from."""

    id = serializers.UUIDField(read_only=True)
    title = serializers.CharField(max_length=TITLE_MAX, allow_blank=True, default="")
    message_count = serializers.IntegerField(read_only=True)
    event_count = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    said_at = serializers.DateTimeField(read_only=True, help_text="When something was last said")


class ChatMessageSerializer(serializers.Serializer[Any]):
    """A message of the learner's or the tutor's; a reply's text is whole when it has ended."""

    id = serializers.UUIDField()
    position = serializers.IntegerField(help_text="From 1")
    role = serializers.ChoiceField(Message.Role.values)
    intent = serializers.CharField(help_text="Which part of the tutor answers, or has")
    state = serializers.ChoiceField(Message.State.values)
    text = serializers.CharField()
    extras = serializers.JSONField(
        help_text="What came with it: a correction, cards, where to go on"
    )
    answered_by = serializers.CharField(help_text="model, rules, same (kept answer) or template")
    is_cached = serializers.BooleanField(help_text="No model has answered this very message")
    code = serializers.CharField(help_text="Why a template stands in")
    level = serializers.CharField(help_text="CEFR of the text; empty while not known")
    place = serializers.IntegerField(help_text="In the models' queue; 0: in none")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class SaySerializer(serializers.Serializer[Any]):
    """What a learner says; ``id`` makes a repeated request harmless, for ever."""

    text = serializers.CharField(max_length=TEXT_MAX)
    id = serializers.UUIDField(required=False, help_text="Chosen by the client")
    intent = serializers.ChoiceField(
        Message.Intent.values,
        allow_blank=True,
        default="",
        help_text="What is wanted; empty: the tutor decides",
    )


class MessagesQuerySerializer(serializers.Serializer[Any]):
    """Which messages."""

    limit = serializers.IntegerField(min_value=1, max_value=LIMIT_MAX, default=10)
    before = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, help_text="Those before a position"
    )


@extend_schema(tags=["chat"])
class Conversations(GenericAPIView[Conversation]):
    """The learner's conversations."""

    serializer_class = ConversationSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Conversation]:
        """Return the learner's own."""
        if getattr(self, "swagger_fake_view", False):
            return Conversation.objects.none()
        return conversations_of(learner_of(self.request.user))

    @extend_schema(operation_id="conversations_list", responses=ConversationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your conversations, newest first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([shown_conversation(each) for each in page])

    @extend_schema(
        operation_id="conversations_begin",
        request=ConversationSerializer,
        responses={201: ConversationSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin a conversation. Follow it at /live/v1/ while the tutor writes."""
        made = commands.begin_conversation(
            learner=learner_of(request.user), title=_title(request), now=timezone.now()
        )
        headers = {"Location": reverse("conversation", args=[made.public_id])}
        return Response(shown_conversation(made), status.HTTP_201_CREATED, headers=headers)


@extend_schema(tags=["chat"])
class OneConversation(APIView):
    """One conversation."""

    @extend_schema(operation_id="conversations_get", responses=ConversationSerializer)
    def get(self, request: Request, conversation_id: UUID) -> Response:
        """Return a conversation."""
        found = conversation_of(learner_of(request.user), conversation_id)
        return Response(shown_conversation(found))

    @extend_schema(
        operation_id="conversations_name",
        request=ConversationSerializer,
        responses=ConversationSerializer,
    )
    def patch(self, request: Request, conversation_id: UUID) -> Response:
        """Give it another title."""
        named = commands.name_conversation(
            learner=learner_of(request.user),
            conversation_id=conversation_id,
            title=_title(request),
        )
        return Response(shown_conversation(named))

    @extend_schema(operation_id="conversations_delete", responses={204: None})
    def delete(self, request: Request, conversation_id: UUID) -> Response:
        """Delete it with all that was said; the tutor remembers nothing of it."""
        commands.delete_conversation(
            learner=learner_of(request.user), conversation_id=conversation_id
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["chat"])
class Messages(APIView):
    """What is said."""

    cost = 5

    @extend_schema(
        operation_id="messages_list",
        parameters=[MessagesQuerySerializer],
        responses=ChatMessageSerializer(many=True),
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        """Return the last messages, oldest first."""
        asked = MessagesQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = last_messages(learner_of(request.user), conversation_id, **asked.validated_data)
        return Response(found)

    @extend_schema(
        operation_id="messages_say",
        request=SaySerializer,
        responses={202: ChatMessageSerializer, 200: ChatMessageSerializer},
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        """Say something; the reply comes back as it stands and is written from now on.

        200 instead of 202 when this ``id`` was said before. 409 while the tutor still answers.
        """
        body = SaySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        said = Said(data.get("id") or new_public_id(), data["text"], data["intent"])
        reply, is_new = say(
            learner=learner_of(request.user),
            conversation_id=conversation_id,
            said=said,
            now=timezone.now(),
        )
        code = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
        return Response(shown_message(reply), code)


@extend_schema(tags=["chat"])
class CancelMessage(APIView):
    """Replies that are not wanted any more."""

    @extend_schema(
        operation_id="messages_cancel", request=None, responses=ChatMessageSerializer,
        parameters=[OpenApiParameter("message_id", UUID, OpenApiParameter.PATH)],
    )  # fmt: skip
    def post(self, request: Request, conversation_id: UUID, message_id: UUID) -> Response:
        """End a reply with what was written of it. Twice is once."""
        message = cancel_reply(
            learner=learner_of(request.user),
            conversation_id=conversation_id,
            message_id=message_id,
            now=timezone.now(),
        )
        return Response(shown_message(message))


def _title(request: Request) -> str:
    body = ConversationSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return str(body.validated_data["title"])


urlpatterns = [
    path("", Conversations.as_view(), name="conversations"),
    path("<uuid:conversation_id>/", OneConversation.as_view(), name="conversation"),
    path("<uuid:conversation_id>/messages/", Messages.as_view(), name="messages"),
    path(
        "<uuid:conversation_id>/messages/<uuid:message_id>/cancel/",
        CancelMessage.as_view(),
        name="message-cancel",
    ),
]
