"""The learner's picture, and which mails they want."""

from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import (
    AvatarSerializer,
    NotificationsSerializer,
    PictureSerializer,
)
from accounts.commands import avatars
from accounts.commands.notifications import change_notifications
from accounts.pictures import BYTES_MAX, MEDIA_TYPE, UnsupportedPicture
from accounts.queries import pages
from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from config.api.negotiation import JsonErrors


class Notifications(APIView):
    """Mails besides those of the sign-in."""

    @extend_schema(
        operation_id="notifications_read", responses=NotificationsSerializer, tags=["me"]
    )
    def get(self, request: Request) -> Response:
        """Return which mails you want."""
        wishes = pages.notifications(learner_of(request.user))
        return Response(NotificationsSerializer(wishes).data)

    @extend_schema(
        operation_id="notifications_change",
        request=NotificationsSerializer,
        responses=NotificationsSerializer,
        tags=["me"],
    )
    def patch(self, request: Request) -> Response:
        """Change it; the hour of the reminder stands in your profile."""
        body = NotificationsSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        learner = learner_of(request.user)
        wishes = change_notifications(learner=learner, changes=body.validated_data)
        return Response(NotificationsSerializer(wishes).data)


class AvatarView(APIView):
    """The learner's picture."""

    parser_classes = (MultiPartParser,)
    cost = 5

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before the body is read."""
        super().initial(request, *args, **kwargs)
        if int(request.headers.get("Content-Length") or 0) > BYTES_MAX + 100_000:
            raise UnsupportedPicture("A picture has 10 MB at most.", field="file")

    @extend_schema(operation_id="avatar_read", responses=AvatarSerializer, tags=["me"])
    def get(self, request: Request) -> Response:
        """Return which sizes there are of your picture."""
        return Response(pages.avatar(learner_of(request.user)))

    @extend_schema(
        operation_id="avatar_set",
        request={"multipart/form-data": PictureSerializer},
        responses={202: AvatarSerializer},
        tags=["me"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send a picture; its sizes are made by a job, the former ones stay until then."""
        body = PictureSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        file = cast("UploadedFile[bytes]", body.validated_data["file"])
        learner = learner_of(request.user)
        stored = avatars.set_avatar(learner=learner, data=file.read(), now=timezone.now())
        return Response(pages.avatar_shown(stored), status.HTTP_202_ACCEPTED)

    @extend_schema(operation_id="avatar_remove", responses={204: None}, tags=["me"])
    def delete(self, request: Request) -> Response:
        """Remove your picture."""
        avatars.remove_avatar(learner=learner_of(request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


class AvatarFile(APIView):
    """The picture itself."""

    content_negotiation_class = JsonErrors

    @extend_schema(
        operation_id="avatar_file",
        responses={(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.BINARY)},
        tags=["me"],
    )
    def get(self, request: Request, size: int) -> HttpResponse:
        """Return your picture, 64, 160 or 512 pixels wide and high."""
        data = pages.avatar_file(learner_of(request.user), size)
        response = HttpResponse(data, content_type=MEDIA_TYPE)
        response.headers["Cache-Control"] = "private, max-age=3600"
        return response
