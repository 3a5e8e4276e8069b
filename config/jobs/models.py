"""Long work that was promised to a learner: the row is the truth, a queue only carries it."""

from django.conf import settings
from django.db import models

from config.identifiers import new_public_id


class Job(models.Model):
    """One piece of accepted work; it always ends, as SUCCEEDED or FAILED."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    task = models.CharField(max_length=200, help_text="Dotted name of the Celery task")
    arguments = models.JSONField(default=dict, help_text="Keyword arguments of the task: ids only")
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    stage = models.CharField(
        max_length=60, blank=True, help_text="What is being done now, for a person"
    )
    percent = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempts_max = models.PositiveSmallIntegerField(default=3)
    lease = models.UUIDField(null=True, help_text="The delivery that works on it now")
    heartbeat_at = models.DateTimeField(null=True, help_text="Last sign of life, or of dispatch")
    result = models.JSONField(null=True, help_text="What came of it, for the learner")
    error_code = models.CharField(max_length=60, blank=True)
    error_detail = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                condition=models.Q(state__in=["queued", "running"]),
                name="job_unfinished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.state}"
