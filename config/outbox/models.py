"""Events on their way out, what has been handled, and what could not be."""

from django.db import models

from config.outbox.fields import JSONTextField


class OutboxEntry(models.Model):
    """The events of one transaction, stored by that very transaction; the relay sends them."""

    id = models.BigAutoField(primary_key=True)
    events = JSONTextField(help_text="Envelopes: id, type, version, data")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "outbox entries"
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(published_at=None), name="outbox_unpublished"
            ),
            models.Index(fields=["published_at"], name="outbox_published"),
        ]

    def __str__(self) -> str:
        return f"{len(self.events)} events of {self.created_at:%F %T}"


class ProcessedEvent(models.Model):
    """A handler has done its work on an event; written in the handler's own transaction."""

    pk = models.CompositePrimaryKey("handler", "event_id")
    handler = models.CharField(max_length=200)
    event_id = models.UUIDField()
    processed_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id}"


class DeadLetter(models.Model):
    """An event that a handler failed on too often; it can be replayed."""

    id = models.BigAutoField(primary_key=True)
    handler = models.CharField(max_length=200)
    event_type = models.CharField(max_length=200)
    event = models.JSONField(help_text="The envelope")
    attempts = models.PositiveIntegerField()
    error = models.TextField()
    failed_at = models.DateTimeField(auto_now_add=True)
    replayed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.event_type} for {self.handler}"
