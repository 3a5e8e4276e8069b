"""Groups as their teacher and their members see them; the way other apps get to one."""

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet

from accounts.models import Invitation, LearnerGroup, Membership
from accounts.queries.learners import Learner, learner_of
from config.errors import NotFound


class GroupNotFound(NotFound):
    """No such group of this teacher, or of this member."""

    code = "group_not_found"


class InvitationNotFound(NotFound):
    """The learner has no such invitation."""

    code = "invitation_not_found"


def taught_group(learner: Learner, public_id: UUID) -> LearnerGroup:
    """Return a group that the learner teaches; GroupNotFound."""
    rows = LearnerGroup.objects.filter(teacher_id=learner.id, public_id=public_id)
    return _found(rows)


def seen_group(learner: Learner, public_id: UUID) -> LearnerGroup:
    """Return a group that the learner teaches or has joined; GroupNotFound."""
    mine = Q(teacher_id=learner.id) | Q(memberships__user_id=learner.id)
    return _found(LearnerGroup.objects.filter(mine, public_id=public_id).distinct())


def membership(learner: Learner, group_id: UUID) -> Membership:
    """Return the learner's membership with its group; GroupNotFound."""
    rows = Membership.objects.select_related("group", "group__teacher")
    found = rows.filter(user_id=learner.id, group__public_id=group_id).first()
    if found is None:
        raise GroupNotFound("You are in no group with this id.")
    return found


def teacher_of(member: Membership) -> Learner:
    """Return who teaches a member's group. No query."""
    return learner_of(member.group.teacher)


def agreeing(group_key: int) -> dict[int, Membership]:
    """Return the members whose progress the teacher may see, by the learner's key. One query."""
    rows = Membership.objects.filter(group_id=group_key, shows_progress=True, user__is_active=True)
    return {row.user_id: row for row in rows.select_related("user").order_by("joined_at", "pk")}


def groups(learner: Learner) -> dict[str, list[dict[str, Any]]]:
    """Return the groups the learner teaches and those they have joined. Two queries."""
    taught = LearnerGroup.objects.filter(teacher_id=learner.id).order_by("name", "pk")
    joined = Membership.objects.filter(user_id=learner.id).order_by("group__name", "pk")
    return {
        "taught": [group_shown(group) for group in taught],
        "joined": [
            {
                **group_shown(row.group),
                "teacher": row.group.teacher.name,
                "shows_progress": row.shows_progress,
            }
            for row in joined.select_related("group__teacher")
        ],
    }


def group_shown(group: LearnerGroup) -> dict[str, Any]:
    """Return a group as whoever is in it sees it."""
    return {"id": group.public_id, "name": group.name, "created_at": group.created_at}


def people(group: LearnerGroup) -> dict[str, list[dict[str, Any]]]:
    """Return who is in a group, and who was invited, for its teacher. Two queries."""
    members = group.memberships.select_related("user").order_by("joined_at", "pk")
    return {
        "members": [
            {
                "id": row.public_id,
                "name": row.user.name,
                "shows_progress": row.shows_progress,
                "joined_at": row.joined_at,
            }
            for row in members
        ],
        "invitations": [
            {"id": row.public_id, "email": row.email, "created_at": row.created_at}
            for row in group.invitations.order_by("pk")
        ],
    }


def invitations_of(learner: Learner) -> "QuerySet[Invitation]":
    """Return the invitations to the learner's verified addresses, with their groups."""
    mine = EmailAddress.objects.filter(user_id=learner.id, verified=True)
    addresses = [address.lower() for address in mine.values_list("email", flat=True)]
    rows = Invitation.objects.filter(email__in=addresses, group__teacher__is_active=True)
    return rows.select_related("group__teacher").order_by("pk")


def invitation_of(learner: Learner, public_id: UUID) -> Invitation:
    """Return one invitation to the learner; InvitationNotFound."""
    found = invitations_of(learner).filter(public_id=public_id).first()
    if found is None:
        raise InvitationNotFound("You have no invitation with this id.")
    return found


def _found(rows: "QuerySet[LearnerGroup]") -> LearnerGroup:
    group = rows.first()
    if group is None:
        raise GroupNotFound("You have no group with this id.")
    return group
