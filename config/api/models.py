"""What every endpoint shares and has to remember."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from config.identifiers import new_public_id


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


class ApiKey(models.Model):
    """A learner's key for scripts; only its hash is stored."""

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100, help_text="What the key is for")
    prefix = models.CharField(max_length=12, help_text="How the key begins, to know it again")
    key_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=40))
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="api_key_newest")]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
