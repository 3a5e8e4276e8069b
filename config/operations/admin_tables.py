"""How the admin shows a table: quick at 100,000 rows and more, and looking only.

What a learner owns is changed by the apps' commands, which keep facts, schedule and events in step;
the admin shows it and changes nothing but accounts.
"""

from typing import Any, ClassVar, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin

Row = TypeVar("Row", bound=Model)
COUNT_AT_MOST = 10_000


class CappedPaginator(Paginator[Any]):
    """Counts no further than COUNT_AT_MOST: beyond that people search."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows, or COUNT_AT_MOST when there are more."""
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNT_AT_MOST].count())


class Table(ModelAdmin[Row]):  # type: ignore[misc]
    """Newest first; no count of the whole table."""

    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    paginator: ClassVar[Any] = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True


class ReadOnlyTable(Table[Row]):
    """Can be looked at."""

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        """Nothing is added by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, *_: Any) -> bool:
        """Nothing is changed by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, *_: Any) -> bool:
        """Nothing is deleted by hand."""
        return False
