"""What every endpoint shares, in the admin: to look at."""

from django.contrib import admin

from config.api.models import ApiKey, IdempotentAnswer
from config.operations.admin_tables import ReadOnlyTable


@admin.register(IdempotentAnswer)
class IdempotentAnswerAdmin(ReadOnlyTable[IdempotentAnswer]):
    """Which requests came with a key; what was answered stays with its learner."""

    list_display = ("key", "user", "status", "created_at")
    list_select_related = ("user",)
    list_filter = ("status", "created_at")
    search_fields = ("=key", "=user__email")
    exclude = ("body",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyTable[ApiKey]):
    """Whose scripts may do what."""

    list_display = ("prefix", "name", "user", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    list_filter = ("created_at", "revoked_at")
    search_fields = ("=prefix", "=user__email", "=public_id")
    exclude = ("key_sha256",)
