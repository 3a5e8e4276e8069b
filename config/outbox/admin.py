"""Events in the admin: what waits, and what a handler could not do, with replay."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from config.operations.admin_tables import ReadOnlyTable
from config.outbox import consume
from config.outbox.models import DeadLetter, OutboxEntry


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnlyTable[OutboxEntry]):
    """Events of one transaction each."""

    list_display = ("__str__", "created_at", "published_at")
    list_filter = ("created_at", "published_at")
    search_fields = ("=id",)


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyTable[DeadLetter]):
    """Events a handler failed on."""

    list_display = ("__str__", "attempts", "error", "failed_at", "replayed_at")
    list_filter = ("event_type", "failed_at", "replayed_at")
    search_fields = ("handler", "error")
    actions = (*ReadOnlyTable.actions, "replay")

    @admin.action(description="Replay: let the handler try once more")
    def replay(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        """Try each, and say of each what came of it."""
        for letter in letters:
            try:
                consume.replay(letter, now=timezone.now())
            except Exception as error:  # noqa: BLE001  a person waits for the reason
                self.message_user(request, f"{letter}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{letter}: handled", messages.SUCCESS)
