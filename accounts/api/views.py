"""The learner's own page."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import ProfileChangesSerializer, ProfileSerializer
from accounts.commands.profile import update_profile
from accounts.queries.learners import learner_of
from accounts.queries.profile import profile, profile_of
from config.api.etags import IF_MATCH, if_match, tagged


class Me(APIView):
    """The learner who asks."""

    @extend_schema(operation_id="me_read", responses=ProfileSerializer, tags=["me"])
    def get(self, request: Request) -> Response:
        """Return your profile."""
        return tagged(profile(learner_of(request.user)))

    @extend_schema(
        operation_id="me_update",
        parameters=[IF_MATCH],
        request=ProfileChangesSerializer,
        responses=ProfileSerializer,
        tags=["me"],
    )
    def patch(self, request: Request) -> Response:
        """Change your profile; fields that are left out stay as they are."""
        changes = ProfileChangesSerializer(data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        learner = learner_of(request.user)
        user = update_profile(
            learner=learner, changes=changes.validated_data, check=if_match(request, profile_of)
        )
        return tagged(profile_of(user))
