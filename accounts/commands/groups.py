"""What a teacher does with a group, and what those who are invited decide."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Invitation, LearnerGroup, Membership, User
from accounts.queries.groups import (
    GroupNotFound,
    invitation_of,
    membership,
    taught_group,
)
from accounts.queries.learners import Learner
from accounts.roles import Role
from config.errors import Conflict, Refused

GROUPS_MAX, PEOPLE_MAX = 50, 500


class OnlyTeachers(Refused):
    """An administrator makes somebody a teacher."""

    code = "only_teachers"


class GroupFull(Conflict):
    """So many groups, or people in one, are enough."""

    code = "group_full"


@transaction.atomic
def create_group(*, learner: Learner, name: str) -> LearnerGroup:
    """Store a group of a teacher; OnlyTeachers, GroupFull."""
    user = User.objects.select_for_update(no_key=True).get(pk=learner.id)
    if Role(user.role) not in {Role.TEACHER, Role.ADMIN}:
        raise OnlyTeachers("Groups are for teachers: ask an administrator.")
    if user.taught_groups.count() >= GROUPS_MAX:
        raise GroupFull(f"You have {GROUPS_MAX} groups.")
    return LearnerGroup.objects.create(teacher=user, name=name)


@transaction.atomic
def delete_group(*, learner: Learner, group_id: UUID) -> None:
    """End a group: members keep what they have copied. GroupNotFound."""
    taught_group(learner, group_id).delete()


@transaction.atomic
def invite(*, learner: Learner, group_id: UUID, email: str) -> Invitation:
    """Invite an address, known here or not; twice is once. GroupNotFound, GroupFull."""
    group = taught_group(learner, group_id)
    LearnerGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    if group.invitations.count() + group.memberships.count() >= PEOPLE_MAX:
        raise GroupFull(f"A group has {PEOPLE_MAX} people at most.")
    return Invitation.objects.get_or_create(group=group, email=email.lower())[0]


@transaction.atomic
def accept_invitation(
    *, learner: Learner, invitation_id: UUID, shows_progress: bool, now: datetime
) -> Membership:
    """Join a group; InvitationNotFound. The teacher sees progress if the learner agrees."""
    found = invitation_of(learner, invitation_id)
    member, _ = Membership.objects.get_or_create(user_id=learner.id, group_id=found.group_id)
    found.delete()
    return _agree(member, now, shows_progress=shows_progress)


@transaction.atomic
def decline_invitation(*, learner: Learner, invitation_id: UUID) -> None:
    """Do not join; InvitationNotFound."""
    invitation_of(learner, invitation_id).delete()


@transaction.atomic
def change_consent(
    *, learner: Learner, group_id: UUID, shows_progress: bool, now: datetime
) -> Membership:
    """Let the teacher see progress, or no more, from this moment on; GroupNotFound."""
    return _agree(membership(learner, group_id), now, shows_progress=shows_progress)


@transaction.atomic
def leave_group(*, learner: Learner, group_id: UUID) -> None:
    """Leave a group, keeping what was copied; GroupNotFound."""
    membership(learner, group_id).delete()


@transaction.atomic
def remove_member(*, learner: Learner, group_id: UUID, member_id: UUID) -> None:
    """Take a member out of a group one teaches; GroupNotFound."""
    group = taught_group(learner, group_id)
    if not group.memberships.filter(public_id=member_id).delete()[0]:
        raise GroupNotFound("Your group has no member with this id.")


def _agree(member: Membership, now: datetime, *, shows_progress: bool) -> Membership:
    member.shows_progress = shows_progress
    member.agreed_at = now if shows_progress else None
    member.save(update_fields=["shows_progress", "agreed_at"])
    return member
