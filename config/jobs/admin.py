"""Long work in the admin: what was promised, how far it is, why it failed."""

from django.contrib import admin

from config.jobs.models import Job
from config.operations.admin_tables import ReadOnlyTable


@admin.register(Job)
class JobAdmin(ReadOnlyTable[Job]):
    """Accepted work."""

    list_display = ("task", "user", "state", "stage", "percent", "attempts", "created_at")
    list_select_related = ("user",)
    list_filter = ("state", "created_at", "finished_at")
    search_fields = ("task", "error_code", "=user__email", "=public_id")
