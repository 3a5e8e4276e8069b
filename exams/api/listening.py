"""What is heard in an exam, over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.queries.learners import learner_of
from config.api.negotiation import JsonErrors
from config.speech.storage import MEDIA_TYPE
from config.speech.views import sound
from exams.commands.listening import sound_of


class QuestionAudio(APIView):
    """What is heard."""

    content_negotiation_class = JsonErrors

    @extend_schema(
        operation_id="attempts_question_audio",
        responses={(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["exams"],
    )
    def get(self, request: Request, attempt_id: UUID, exam_question_id: UUID) -> HttpResponse:
        """Return what is heard in the question that is asked now, or was answered, as a WAV.

        503 for a moment after the exam was made: it is being spoken.
        """
        speech = sound_of(
            learner=learner_of(request.user),
            attempt_id=attempt_id,
            question_id=exam_question_id,
            now=timezone.now(),
        )
        return sound(speech)


urlpatterns = [
    path(
        "<uuid:attempt_id>/questions/<uuid:exam_question_id>/audio/",
        QuestionAudio.as_view(),
        name="question-audio",
    ),
]
