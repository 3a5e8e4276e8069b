"""A teacher's groups: who was invited, who has joined, and whose progress may be seen."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from config.identifiers import new_public_id


class LearnerGroup(models.Model):
    """Learners of one teacher."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="taught_groups"
    )
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["LearnerGroup"]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A learner has joined a group; the teacher sees progress only of those who agree."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    group = models.ForeignKey(LearnerGroup, models.CASCADE, related_name="memberships")
    shows_progress = models.BooleanField(default=False)
    agreed_at = models.DateTimeField(null=True, help_text="When progress was last agreed to")
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Membership"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"


class Invitation(models.Model):
    """An address was invited; whether it has an account the teacher does not learn."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    group = models.ForeignKey(LearnerGroup, models.CASCADE, related_name="invitations")
    email = models.EmailField(help_text="In lower case")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Invitation"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "email"], name="one_invitation")]
        indexes = [models.Index(fields=["email"], name="invitation_by_email")]

    def __str__(self) -> str:
        return self.email
