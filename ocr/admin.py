"""Scans and what was read on them, in the admin: to look at. The images stay with their learner."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.queries.learners import learner
from config.errors import Conflict, NotFound
from config.operations.admin_tables import ReadOnlyTable
from ocr.commands.scans import retry_scan
from ocr.models import Page, Scan, TextLine, Word


@admin.register(Scan)
class ScanAdmin(ReadOnlyTable[Scan]):
    """Uploads and how far they are."""

    list_display = ("__str__", "user", "state", "media_type", "byte_count", "created_at")
    list_select_related = ("user", "job")
    list_filter = ("job__state", "media_type", "created_at")
    search_fields = ("file_name", "=user__email", "=public_id")
    exclude = ("file",)

    actions = (*ReadOnlyTable.actions, "retry")

    @admin.action(description="Retry: read failed scans again", permissions=["retry"])
    def retry(self, request: HttpRequest, scans: QuerySet[Scan]) -> None:
        """Have each failed one read again; what has not failed is left alone."""
        count = sum(_retried(scan) for scan in scans)
        self.message_user(request, f"{count} scans are read again", messages.SUCCESS)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whoever may have scans read again."""
        return request.user.has_perm("ocr.change_scan")

    @admin.display(ordering="job__state")
    def state(self, row: Scan) -> str:
        """Where its job stands."""
        return f"{row.job.get_state_display()} {row.job.percent} %"


def _retried(scan: Scan) -> bool:
    try:
        retry_scan(learner=learner(scan.user_id), scan_id=scan.public_id)
    except (Conflict, NotFound):
        return False
    return True


@admin.register(Page)
class PageAdmin(ReadOnlyTable[Page]):
    """Images that were read."""

    list_display = ("scan", "number", "width", "height", "engine_version", "read_ms", "created_at")
    list_select_related = ("scan",)
    list_filter = ("engine_version", "created_at")
    search_fields = ("=scan__user__email", "=scan__public_id")


@admin.register(TextLine)
class TextLineAdmin(ReadOnlyTable[TextLine]):
    """Lines as recognised."""

    list_display = ("text", "page", "position", "confidence")
    list_filter = ("problem",)
    list_select_related = ("page",)
    search_fields = ("text", "=page__scan__public_id")


@admin.register(Word)
class WordAdmin(ReadOnlyTable[Word]):
    """Words of pages."""

    list_display = ("lemma", "level", "frequency", "occurrence_count", "page")
    list_select_related = ("page",)
    list_filter = ("level",)
    search_fields = ("=lemma", "=page__scan__public_id")
