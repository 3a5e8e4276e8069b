"""Reading aloud over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.negotiation import JsonErrors
from config.speech import commands, sources, storage
from config.speech.access import speech_of
from config.speech.models import SPEEDS, VOICES, Speech
from config.speech.texts import LENGTH_MAX, Speed, Voice

_COST = 5  # requests: a process is started for it
_TEXT_MAX = 5000  # what is cut out of it, emoji and the like, does not count


class MannerSerializer(serializers.Serializer[Any]):
    """How to read aloud."""

    voice = serializers.ChoiceField(
        VOICES, required=False, help_text="By the letters of the text when left out"
    )
    speed = serializers.ChoiceField(SPEEDS, default=Speed.NORMAL.value)


class SpeechOfTextSerializer(MannerSerializer):
    """A text to read aloud."""

    text = serializers.CharField(
        max_length=_TEXT_MAX,
        help_text=f"English or Korean, {LENGTH_MAX} characters at most",
    )


def _of_row(name: str) -> type[MannerSerializer]:
    """Return the serializer of a row to read aloud, of a kind that an app has registered."""
    about = f"A {name} of the learner's to read aloud."
    fields = {name: serializers.UUIDField(help_text=f"Of your {name}"), "__doc__": about}
    return type(f"SpeechOf{name.title()}Serializer", (MannerSerializer,), fields)


WISHES: dict[str, type[MannerSerializer]] = {
    "text": SpeechOfTextSerializer,
    **{name: _of_row(name) for name in sources.names()},
}


class SpeechSerializer(serializers.Serializer[Any]):
    """What is read aloud: ``audio`` is where, once it is spoken; until then ``job`` is at it."""

    id = serializers.UUIDField()
    is_spoken = serializers.BooleanField()
    audio = serializers.CharField(allow_null=True, help_text="Address of a WAV file")
    job = serializers.UUIDField(allow_null=True)


class ReadAloud(APIView):
    """Texts that are read aloud."""

    @property
    def cost(self) -> int:
        """What a request counts for."""
        return _COST if self.request.method == "POST" else 1

    @extend_schema(
        operation_id="speech_order",
        request=PolymorphicProxySerializer(
            component_name="SpeechWish",
            serializers=list(WISHES.values()),
            resource_type_field_name=None,
        ),
        responses={200: SpeechSerializer, 202: SpeechSerializer},
        tags=["speech"],
    )
    def post(self, request: Request) -> Response:
        """Have a text, or what a row of yours says, read aloud.

        200 with the address of the sound when you have had it read before. Else 202: ask for the
        job, or send the same again, until it is spoken. Sounds are kept for 30 days after they
        were last asked for.
        """
        body = _wish_in(request.data)
        body.is_valid(raise_exception=True)
        user_id = request.user.pk or 0
        wanted = _wanted(user_id, body.validated_data)
        speech = commands.order_speech(user_id=user_id, wanted=wanted, now=timezone.now())
        shown = _shown(speech)
        code = status.HTTP_200_OK if shown["is_spoken"] else status.HTTP_202_ACCEPTED
        return Response(shown, status=code)


class Audio(APIView):
    """The sound of one text."""

    content_negotiation_class = JsonErrors

    @extend_schema(
        operation_id="speech_audio",
        responses={(200, storage.MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["speech"],
    )
    def get(self, request: Request, speech_id: UUID) -> HttpResponse:
        """Return a WAV of a minute at most; 404 until it is spoken."""
        return sound(speech_of(request.user.pk or 0, speech_id))


def sound(speech: Speech) -> HttpResponse:
    """Return the sound as an answer; NotSpokenYet."""
    response = HttpResponse(commands.sound_of(speech), content_type=storage.MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _wish_in(data: Any) -> serializers.Serializer[Any]:
    """Return the serializer of what is sent: exactly one thing is said."""
    given = [name for name in WISHES if isinstance(data, Mapping) and name in data]
    if len(given) != 1:
        raise serializers.ValidationError(f"Send one of these: {', '.join(WISHES)}.")
    return WISHES[given[0]](data=data)


def _wanted(user_id: int, data: dict[str, Any]) -> commands.Wanted:
    text = data.get("text")
    if text is None:
        name = next(name for name in sources.names() if name in data)
        text = sources.text_of(name, user_id, data[name])
    voice = Voice(data["voice"]) if "voice" in data else None
    return commands.Wanted(text, voice, Speed(data["speed"]))


def _shown(speech: Speech) -> dict[str, Any]:
    is_spoken = commands.is_spoken(speech)
    return {
        "id": speech.public_id,
        "is_spoken": is_spoken,
        "audio": reverse("speech-audio", args=[speech.public_id]) if is_spoken else None,
        "job": None if is_spoken or speech.job is None else speech.job.public_id,
    }


urlpatterns = [
    path("", ReadAloud.as_view(), name="speech"),
    path("<uuid:speech_id>/audio/", Audio.as_view(), name="speech-audio"),
]
