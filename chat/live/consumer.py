"""The WebSocket of the tutor: one connection, several conversations, JSON both ways.

The first message signs in: ``{"type": "sign_in", "token": "<access token>"}``; programs may send it
as ``Authorization: Bearer`` instead. Then ``follow`` (conversation, after), ``unfollow``, ``say``
(conversation, id, text, intent), ``cancel`` (conversation, message). A newer token may be given
at any time; when its time ends, or it is revoked, the connection is closed.
"""

import asyncio
import time
from contextlib import ExitStack, suppress
from typing import Any, ClassVar
from uuid import UUID

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.queries.tokens import Bearer, bearer_of
from chat import metrics
from chat.commands.messages import TEXT_MAX, Said, say
from chat.commands.replies import cancel_reply
from chat.live.doors import TooManyConnections, header, place_for
from chat.live.following import follow
from chat.live.threads import in_thread
from chat.models import Message
from chat.queries.conversations import shown_message
from chat.queries.events import Position, position_of
from config.api.limiter import Limit, Verdict, admit, learner_limit
from config.api.problems import body_of, plain
from config.api.rendering import dump
from config.errors import ReseeError

SIGN_IN_SECONDS = 10.0
HEARTBEAT_SECONDS = 10.0
FOLLOWED_MAX = 8
MESSAGE_COST = 5  # of a learner's limit, as the same request over HTTP
FRAMES = Limit("frames", 120, 60)
NOT_SIGNED_IN, SIGNED_OUT, TOO_MANY, TOO_FAST = 4401, 4402, 4429, 4428
Body = dict[str, Any]


class FollowSerializer(serializers.Serializer[Any]):
    """Which conversation, and the number of the last event that was seen."""

    conversation = serializers.UUIDField()
    after = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, allow_null=True, default=None
    )


class SaySerializer(serializers.Serializer[Any]):
    """What a learner says; ``id`` makes a repeated message harmless, for ever."""

    conversation = serializers.UUIDField()
    id = serializers.UUIDField()
    text = serializers.CharField(max_length=TEXT_MAX)
    intent = serializers.ChoiceField(Message.Intent.values, allow_blank=True, default="")


class CancelSerializer(serializers.Serializer[Any]):
    """Which reply is not wanted any more."""

    conversation = serializers.UUIDField()
    message = serializers.UUIDField()


class TutorConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One connection of one learner."""

    channel_layer_alias = "none"  # each follower listens for itself
    groups: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._token = ""
        self._bearer: Bearer | None = None
        self._held = ExitStack()
        self._watch: asyncio.Task[None] | None = None
        self._followed: dict[UUID, asyncio.Task[None]] = {}
        self._is_closed = False

    async def connect(self) -> None:
        """Accept; who does not sign in soon is shown out."""
        await self.accept()
        self._watch = asyncio.create_task(self._watch_token())
        scheme, _, token = header(self.scope, b"authorization").partition(" ")
        if scheme.lower() == "bearer":
            await self._sign_in({"token": token})

    async def disconnect(self, code: int) -> None:
        """Leave nothing behind."""
        self._is_closed = True
        self._held.close()
        tasks = [*self._followed.values(), *filter(None, [self._watch])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Do what a frame asks; what cannot be done is answered with a ``problem``."""
        body = _parsed(text_data)
        kind = body.get("type") if body else None
        if self._bearer is None and kind != "sign_in":
            await self._end(NOT_SIGNED_IN, "unsigned")
            return
        if self._bearer and not await self._admitted([(FRAMES, str(self._bearer.learner.id))]):
            await self._end(TOO_FAST, "fast")
            return
        ways = {
            "sign_in": self._sign_in, "follow": self._follow, "unfollow": self._unfollow,
            "say": self._say, "cancel": self._cancel,
        }  # fmt: skip
        way = ways.get(str(kind))
        if body is None or way is None:
            problem = plain(400) | {"detail": f"A JSON object with type: {', '.join(ways)}."}
            await self._tell({"type": "problem", "to": kind, "problem": problem})
            return
        try:
            await way(body)
        except (ReseeError, ValidationError, DatabaseError) as error:
            await self._tell({"type": "problem", "to": kind, "problem": body_of(error)})

    async def _sign_in(self, body: Body) -> None:
        token = str(body.get("token", ""))
        bearer = await in_thread(bearer_of, token)
        known = self._bearer.learner.id if self._bearer else None
        if bearer is None or known not in {None, bearer.learner.id}:
            await self._end(NOT_SIGNED_IN, "unsigned")
            return
        if known is None:
            try:
                self._held.enter_context(place_for(bearer.learner.id, "websocket"))
            except TooManyConnections:
                await self._end(TOO_MANY, "many")
                return
        self._token, self._bearer = token, bearer
        await self._tell({"type": "signed_in", "expires_at": bearer.expires_at})

    async def _follow(self, body: Body) -> None:
        data = _checked(FollowSerializer, body)
        conversation_id = data["conversation"]
        await self._unfollow(body)
        if len(self._followed) >= FOLLOWED_MAX:
            raise ValidationError({"conversation": f"Follow {FOLLOWED_MAX} at most."})
        position = await in_thread(position_of, self._learner, conversation_id, data["after"])
        self._followed[conversation_id] = asyncio.create_task(self._pass_on(position))

    async def _unfollow(self, body: Body) -> None:
        task = self._followed.pop(_checked(FollowSerializer, body)["conversation"], None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _pass_on(self, position: Position) -> None:
        told = {"conversation": position.public_id, "number": position.number}
        await self._tell({"type": "following", **told})
        async for event in follow(position):
            await self._tell(event)

    async def _say(self, body: Body) -> None:
        data = _checked(SaySerializer, body)
        verdict = await self._charged()
        if verdict and not verdict.is_admitted:
            problem = plain(429) | {"retry_after_seconds": verdict.reset_seconds}
            await self._tell({"type": "problem", "to": "say", "id": data["id"], "problem": problem})
            return
        said = Said(data["id"], data["text"], data["intent"])
        reply, is_new = await in_thread(
            say,
            learner=self._learner,
            conversation_id=data["conversation"],
            said=said,
            now=timezone.now(),
        )
        shown = shown_message(reply)
        await self._tell({"type": "said", "id": data["id"], "is_new": is_new, "reply": shown})

    async def _cancel(self, body: Body) -> None:
        data = _checked(CancelSerializer, body)
        await in_thread(
            cancel_reply,
            learner=self._learner,
            conversation_id=data["conversation"],
            message_id=data["message"],
            now=timezone.now(),
        )

    @property
    def _learner(self) -> Any:
        assert self._bearer is not None
        return self._bearer.learner

    async def _charged(self) -> Verdict | None:
        own = [(learner_limit(), str(self._learner.id))]
        return await in_thread(admit, own, cost=MESSAGE_COST)

    async def _admitted(self, buckets: list[tuple[Limit, str]]) -> bool:
        verdict = await in_thread(admit, buckets)
        return verdict is None or verdict.is_admitted

    async def _watch_token(self) -> None:
        """Close what nobody has signed in to in time, and later what is signed in no more."""
        await asyncio.sleep(SIGN_IN_SECONDS)
        if self._bearer is None:
            await self._end(NOT_SIGNED_IN, "unsigned")
            return
        while True:
            is_good = await in_thread(bearer_of, self._token) is not None
            if not is_good:
                await self._end(SIGNED_OUT, "revoked")
                return
            await self._tell({"type": "heartbeat", "at": int(time.time())})
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _end(self, code: int, reason: str) -> None:
        metrics.REFUSED.labels(reason).inc()
        await self._quietly(self.close(code))

    async def _tell(self, body: Body) -> None:
        if not self._is_closed:
            await self._quietly(self.send(dump(body).decode()))

    async def _quietly(self, sending: Any) -> None:
        """Who has gone cannot be told anything."""
        with suppress(RuntimeError, OSError):
            await sending


def _parsed(text: str | None) -> Body | None:
    try:
        body = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _checked(kind: type[serializers.Serializer[Any]], body: Body) -> Body:
    serializer = kind(data=body)
    serializer.is_valid(raise_exception=True)
    found: Body = serializer.validated_data
    return found
