"""Speech in the admin: who had what read aloud."""

from django.contrib import admin

from config.operations.admin_tables import ReadOnlyTable
from config.speech.models import Speech


@admin.register(Speech)
class SpeechAdmin(ReadOnlyTable[Speech]):
    """Texts that were read aloud."""

    list_display = ("user", "purpose", "voice", "speed", "created_at", "asked_at")
    list_select_related = ("user",)
    list_filter = ("purpose", "voice", "speed", "created_at")
    search_fields = ("=user__email", "=public_id")
