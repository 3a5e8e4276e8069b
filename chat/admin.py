"""Conversations in the admin: that there are some, not what was said in them."""

from typing import ClassVar

from django.contrib import admin

from chat.models import Conversation, Message
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
