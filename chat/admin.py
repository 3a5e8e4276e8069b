"""Conversations in the admin: that there are some, not what was said in them."""

from typing import ClassVar

from django.contrib import admin

from chat.models import (
    Analysis,
    Batch,
    BatchItem,
    Conversation,
    Event,
    Fact,
    ForgottenFact,
    Message,
)
from config.operations.admin_tables import ReadOnlyTable


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyTable[Conversation]):
    """Conversations by learner."""

    list_display = ("user", "message_count", "created_at", "said_at")
    list_select_related = ("user",)
    search_fields = ("=user__email", "=public_id")
    fields = ("public_id", "user", "message_count", "event_count", "created_at", "said_at")


@admin.register(Message)
class MessageAdmin(ReadOnlyTable[Message]):
    """How replies ended; what was said is the learner's own."""

    list_display = ("user", "role", "intent", "state", "answered_by", "code", "level", "created_at")
    list_select_related = ("user",)
    list_filter = ("role", "state", "intent", "answered_by")
    search_fields = ("=user__email", "=public_id")
    fields: ClassVar[tuple[str, ...]] = (
        "public_id", "user", "conversation", "position", "role", "intent", "state", "answered_by",
        "code", "level", "level_share", "created_at", "ended_at",
    )  # fmt: skip


@admin.register(Event)
class EventAdmin(ReadOnlyTable[Event]):
    """The steps by which clients follow a conversation."""

    list_display = ("conversation", "number", "kind", "created_at")
    list_select_related = ("conversation",)
    list_filter = ("kind",)
    search_fields = ("=conversation__public_id",)
    fields = ("conversation", "message", "number", "kind", "created_at")


@admin.register(Fact)
class FactAdmin(ReadOnlyTable[Fact]):
    """How much is remembered of learners; what it is, is their own."""

    list_display = ("user", "kind", "count", "is_own", "seen_at")
    list_select_related = ("user",)
    list_filter = ("kind", "is_own")
    search_fields = ("=user__email", "=public_id")
    fields = ("public_id", "user", "kind", "count", "is_own", "created_at", "seen_at")


@admin.register(ForgottenFact)
class ForgottenFactAdmin(ReadOnlyTable[ForgottenFact]):
    """What learners deleted, by its hash."""

    list_display = ("user", "forgotten_at")
    list_select_related = ("user",)
    search_fields = ("=user__email",)


@admin.register(Analysis)
class AnalysisAdmin(ReadOnlyTable[Analysis]):
    """After how many messages a learner was looked back at."""

    list_display = ("user", "message_count", "created_at")
    list_select_related = ("user",)
    search_fields = ("=user__email", "=public_id")
    fields = ("public_id", "user", "message_count", "created_at")


@admin.register(Batch)
class BatchAdmin(ReadOnlyTable[Batch]):
    """Many questions at once."""

    list_display = ("user", "public_id", "created_at")
    list_select_related = ("user",)
    search_fields = ("=user__email", "=public_id")


@admin.register(BatchItem)
class BatchItemAdmin(ReadOnlyTable[BatchItem]):
    """How the questions of batches were answered."""

    list_display = ("batch", "position", "state", "answered_by", "code", "touched_at")
    list_select_related = ("batch",)
    list_filter = ("state", "answered_by")
    search_fields = ("=batch__public_id",)
    fields = ("batch", "position", "state", "answered_by", "code", "touched_at")
