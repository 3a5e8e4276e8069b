"""Long work in the admin: what was promised, how far it is, why it failed; and once more."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from config.jobs.dispatch import replay
from config.jobs.models import Job
from config.operations.admin_tables import ReadOnlyTable


@admin.register(Job)
class JobAdmin(ReadOnlyTable[Job]):
    """Accepted work."""

    list_display = (
        "task", "user", "state", "stage", "percent", "attempts", "error_code", "created_at",
        "finished_at",
    )  # fmt: skip
    list_select_related = ("user",)
    list_filter = ("state", "error_code", "created_at", "finished_at")
    search_fields = ("task", "error_code", "=user__email", "=public_id")
    actions = (*ReadOnlyTable.actions, "replay_failed")

    @admin.action(description="Replay: do failed work again, with all its attempts")
    def replay_failed(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        """Begin each failed one anew; what has not failed is left alone."""
        count = sum(replay(job_id=job.public_id, now=timezone.now()) for job in jobs)
        self.message_user(request, f"{count} of {len(jobs)} begun again", messages.SUCCESS)
