"""How the admin shows a table: quick at 100,000 rows and more, and looking only.

What a learner owns is changed by the apps' commands, which keep facts, schedule and events in step;
the admin shows it and changes nothing but accounts.
"""

import csv
from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar

from django.contrib.admin import action
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin

from config.operations.personal_data import rule_of
from config.spreadsheets import cell

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
    """Newest first; no count of the whole table; what is chosen goes out as CSV."""

    actions: ClassVar[Any] = ("export_csv",)
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    paginator: ClassVar[Any] = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True

    @action(description="Export as CSV", permissions=["export"])
    def export_csv(self, _: HttpRequest, rows: QuerySet[Row]) -> StreamingHttpResponse:
        """Return the rows that were chosen, without what archives leave out too: secrets."""
        label = self.opts.label_lower
        hidden = {*(self.exclude or ()), *rule_of(self.model).omitted}
        names = [f.attname for f in self.opts.concrete_fields if f.name not in hidden]
        response = StreamingHttpResponse(_csv(rows, names), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{label}.csv"'
        return response

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Admins: it is many people's data at once."""
        return bool(request.user.has_perm("accounts.add_user"))


class _Echo:
    def write(self, line: str) -> str:
        return line


def _csv(rows: QuerySet[Any], names: list[str]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(names)
    for values in rows.values_list(*names).iterator(1_000):
        yield writer.writerow([cell(value) for value in values])


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
