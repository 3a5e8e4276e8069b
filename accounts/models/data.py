"""A learner's rights to their data: the wish to be erased, archives out and in."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from config.identifiers import new_public_id


class Erasure(models.Model):
    """A learner wants to be erased; until ``due_at`` they may think better of it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="erasure"
    )
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager["Erasure"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.user_id} by {self.due_at:%F %H:%M}"


class DataArchive(models.Model):
    """Everything of a learner in one file: asked for, or sent to be brought back."""

    class Kind(models.TextChoices):
        """Which way it goes."""

        EXPORT = "export"
        IMPORT = "import"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    job = models.OneToOneField("jobs.Job", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    file = models.FileField(max_length=200, blank=True, help_text="Empty before, and after a week")
    byte_count = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="Rows by model")
    cursor = models.JSONField(default=dict, help_text="How far a way in is")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["DataArchive"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="archive_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%F %H:%M}"
