"""Mails that come by the clock: a row each, so that none is sent twice."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from config.identifiers import new_public_id


class Mailing(models.Model):
    """One mail of a kind to a learner, for one of their days; FAILED ones wait for a person."""

    class Kind(models.TextChoices):
        """What it is."""

        REMINDER = "reminder"
        WEEKLY = "weekly"

    class State(models.TextChoices):
        """WAITING, then SENDING, then for ever one of the others."""

        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        SKIPPED = "skipped"
        FAILED = "failed"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    local_day = models.DateField(help_text="The day it is for, by the learner's calendar")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(help_text="Not before; or since when it is being sent")
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Mailing"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "local_day"], name="one_mail_a_day")
        ]
        indexes = [
            models.Index(
                fields=["try_at"],
                condition=models.Q(state__in=["waiting", "sending"]),
                name="mailings_unsent",
            ),
            models.Index(fields=["due_at"], name="mailings_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.local_day} {self.state}"
