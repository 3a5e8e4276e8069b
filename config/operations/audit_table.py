"""How the admin shows what staff changed."""

from typing import Any, ClassVar

from django.utils.html import format_html_join

from config.operations.admin_tables import ReadOnlyTable


class AuditTable(ReadOnlyTable[Any]):
    """Who did what to a row, newest first."""

    list_display: ClassVar[Any] = ("pgh_created_at", "pgh_label", "who", "row", "as_it_became")
    list_filter: ClassVar[Any] = ("pgh_label", "pgh_created_at")
    search_fields: ClassVar[Any] = ("=pgh_context__email",)

    def who(self, event: Any) -> str:
        """Return the member of staff."""
        return str((event.pgh_context or {}).get("email", ""))

    def row(self, event: Any) -> str:
        """Return the key of the row."""
        return str(event.pgh_obj_id)

    def as_it_became(self, event: Any) -> str:
        """Return the row's fields after the change (before it, of a deletion)."""
        names = [
            field.attname
            for field in event._meta.concrete_fields  # noqa: SLF001  documented
            if not field.name.startswith("pgh_") and field.name != "id"
        ]
        return format_html_join(", ", "{}: {}", ((name, getattr(event, name)) for name in names))
