"""Groups over HTTP: the teacher's side, and that of those who are invited."""

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.commands import groups as commands
from accounts.queries import groups as queries
from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent


class GroupSerializer(serializers.Serializer[Any]):
    """A teacher's group."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=100)
    created_at = serializers.DateTimeField(read_only=True)


class JoinedGroupSerializer(GroupSerializer):
    """A group you have joined, and whether its teacher may see your progress."""

    teacher = serializers.CharField()
    shows_progress = serializers.BooleanField()


class GroupsSerializer(serializers.Serializer[Any]):
    """Your groups."""

    taught = GroupSerializer(many=True)
    joined = JoinedGroupSerializer(many=True)


class MemberSerializer(serializers.Serializer[Any]):
    """Somebody in your group."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    shows_progress = serializers.BooleanField()
    joined_at = serializers.DateTimeField()


class InvitedSerializer(serializers.Serializer[Any]):
    """An address you have invited."""

    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField()
    created_at = serializers.DateTimeField(read_only=True)


class PeopleSerializer(serializers.Serializer[Any]):
    """Who is in your group, and who was invited."""

    members = MemberSerializer(many=True)
    invitations = InvitedSerializer(many=True)


class InvitationSerializer(serializers.Serializer[Any]):
    """A teacher invites you."""

    id = serializers.UUIDField()
    group = serializers.CharField()
    teacher = serializers.CharField()
    created_at = serializers.DateTimeField()


class ConsentSerializer(serializers.Serializer[Any]):
    """Whether the teacher may see how many reviews you do, your level and exam results."""

    shows_progress = serializers.BooleanField()


@extend_schema(tags=["groups"])
class Groups(APIView):
    """All groups of a learner."""

    @extend_schema(operation_id="groups_list", responses=GroupsSerializer)
    def get(self, request: Request) -> Response:
        """Return the groups you teach and those you have joined."""
        return Response(queries.groups(learner_of(request.user)))

    @extend_schema(
        operation_id="groups_create", request=GroupSerializer, responses={201: GroupSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a group; for teachers."""
        body = GroupSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        name = body.validated_data["name"]
        made = commands.create_group(learner=learner_of(request.user), name=name)
        return Response(queries.group_shown(made), status.HTTP_201_CREATED)


@extend_schema(tags=["groups"])
class OneGroup(APIView):
    """One group, for its teacher."""

    @extend_schema(operation_id="groups_people", responses=PeopleSerializer)
    def get(self, request: Request, group_id: UUID) -> Response:
        """Return who is in your group, and who was invited."""
        return Response(queries.people(queries.taught_group(learner_of(request.user), group_id)))

    @extend_schema(operation_id="groups_delete", responses={204: None})
    def delete(self, request: Request, group_id: UUID) -> Response:
        """End your group; its members keep what they have copied."""
        commands.delete_group(learner=learner_of(request.user), group_id=group_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["groups"])
class GroupInvitations(APIView):
    """Invitations to a group."""

    @extend_schema(
        operation_id="groups_invite",
        request=InvitedSerializer,
        responses={201: InvitedSerializer},
    )
    def post(self, request: Request, group_id: UUID) -> Response:
        """Invite an address; whoever has verified it finds the invitation on their page."""
        body = InvitedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        email = body.validated_data["email"]
        made = commands.invite(learner=learner_of(request.user), group_id=group_id, email=email)
        return Response(InvitedSerializer(made).data | {"id": made.public_id}, 201)


@extend_schema(tags=["groups"])
class GroupMember(APIView):
    """One member, for the teacher."""

    @extend_schema(operation_id="groups_remove_member", responses={204: None})
    def delete(self, request: Request, group_id: UUID, member_id: UUID) -> Response:
        """Take a member out of your group."""
        learner = learner_of(request.user)
        commands.remove_member(learner=learner, group_id=group_id, member_id=member_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["groups"])
class OwnMembership(APIView):
    """The learner's own part in a group."""

    @extend_schema(
        operation_id="membership_change", request=ConsentSerializer, responses=ConsentSerializer
    )
    def patch(self, request: Request, group_id: UUID) -> Response:
        """Let the teacher see your progress, or no more."""
        shows = _consent(request)
        commands.change_consent(
            learner=learner_of(request.user),
            group_id=group_id,
            shows_progress=shows,
            now=timezone.now(),
        )
        return Response({"shows_progress": shows})

    @extend_schema(operation_id="membership_leave", responses={204: None})
    def delete(self, request: Request, group_id: UUID) -> Response:
        """Leave the group."""
        commands.leave_group(learner=learner_of(request.user), group_id=group_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["groups"])
class Invitations(APIView):
    """Invitations to the learner."""

    @extend_schema(operation_id="invitations_list", responses=InvitationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Return who invites you."""
        rows = queries.invitations_of(learner_of(request.user))
        return Response(
            [
                {
                    "id": row.public_id,
                    "group": row.group.name,
                    "teacher": row.group.teacher.name,
                    "created_at": row.created_at,
                }
                for row in rows
            ]
        )


@extend_schema(tags=["groups"])
class OneInvitation(APIView):
    """One invitation."""

    @extend_schema(
        operation_id="invitations_accept",
        request=ConsentSerializer,
        responses={201: ConsentSerializer},
    )
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """Join the group; say whether its teacher may see your progress."""
        shows = _consent(request)
        commands.accept_invitation(
            learner=learner_of(request.user),
            invitation_id=invitation_id,
            shows_progress=shows,
            now=timezone.now(),
        )
        return Response({"shows_progress": shows}, status.HTTP_201_CREATED)

    @extend_schema(operation_id="invitations_decline", responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Decline it; the teacher is not told."""
        commands.decline_invitation(learner=learner_of(request.user), invitation_id=invitation_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _consent(request: Request) -> bool:
    body = ConsentSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return bool(body.validated_data["shows_progress"])


urlpatterns = [
    path("groups/", Groups.as_view(), name="groups"),
    path("groups/<uuid:group_id>/", OneGroup.as_view(), name="group"),
    path("groups/<uuid:group_id>/invitations/", GroupInvitations.as_view(), name="group-invite"),
    path(
        "groups/<uuid:group_id>/members/<uuid:member_id>/",
        GroupMember.as_view(),
        name="group-member",
    ),
    path("groups/<uuid:group_id>/membership/", OwnMembership.as_view(), name="membership"),
    path("me/invitations/", Invitations.as_view(), name="invitations"),
    path("me/invitations/<uuid:invitation_id>/", OneInvitation.as_view(), name="invitation"),
]
