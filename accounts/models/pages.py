"""What belongs to a learner's own page besides the account: a picture, wishes about mail."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from config.identifiers import new_public_id


class Avatar(models.Model):
    """A learner's picture in three sizes; until they are made the former ones are shown."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="avatar"
    )
    version = models.UUIDField(default=new_public_id, help_text="Of the upload that counts")
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    upload = models.FileField(max_length=200, blank=True, help_text="Until the sizes are made")
    small = models.FileField(max_length=200, blank=True)
    medium = models.FileField(max_length=200, blank=True)
    large = models.FileField(max_length=200, blank=True)
    uploaded_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Avatar"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.user_id} of {self.uploaded_at:%F %H:%M}"


class NotificationSettings(models.Model):
    """Which mails a learner wants besides those of the sign-in; without a row all of them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notifications"
    )
    is_reminded = models.BooleanField(default=True, help_text="A reminder at the learner's hour")
    has_weekly_report = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager["NotificationSettings"]] = models.Manager()

    class Meta:
        verbose_name_plural = "notification settings"

    def __str__(self) -> str:
        return f"{self.user_id}: {self.is_reminded}, {self.has_weekly_report}"
