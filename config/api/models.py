"""What every endpoint shares and has to remember."""

from django.conf import settings
from django.db import models


class IdempotentAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, stored together with what it did."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255, help_text="Chosen by the client")
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    location = models.CharField(max_length=500, blank=True)
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
