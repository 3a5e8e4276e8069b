"""Level tests in the admin: to look at; the item bank also as CSV, out and in."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from config.operations.admin_tables import ReadOnlyTable
from config.spreadsheets import cell
from exams.item_bank import LETTERS, WrittenItem, expected_difficulty
from exams.item_bank.review import item_problems
from exams.level_test import LEVELS, Kind
from exams.models import LevelAnswer, LevelItem, LevelTest

_WRITTEN = ("code", "level", "kind", "target", "passage", "stem")
_STATISTICS = (
    "difficulty",
    "difficulty_error",
    "answer_count",
    "right_count",
    "unknown_count",
    "discrimination",
)


class LevelItemResource(ModelResource):  # type: ignore[misc]
    """The columns of the files, a-d and the key as a letter, and then what answers have shown.

    Brought in, a row adds the item of a new code or changes the one there is; statistics are
    never brought in. What the review of the files would reject is rejected here.
    """

    a, b, c, d = (Field(column_name=letter) for letter in LETTERS)
    key = Field(column_name="key")

    class Meta:
        model = LevelItem
        import_id_fields = ("code",)
        fields = (*_WRITTEN, *LETTERS, "key", "is_withdrawn", *_STATISTICS)
        export_order = fields
        import_fields = (*_WRITTEN, "is_withdrawn")
        clean_model_instances = True
        skip_unchanged = False

    def export_field(self, field: Field, instance: LevelItem, **options: Any) -> Any:
        """Return a cell that begins no formula."""
        return cell(super().export_field(field, instance, **options))

    def dehydrate_a(self, item: LevelItem) -> str:
        """Return the first option."""
        return item.options[0]

    def dehydrate_b(self, item: LevelItem) -> str:
        """Return the second option."""
        return item.options[1]

    def dehydrate_c(self, item: LevelItem) -> str:
        """Return the third option."""
        return item.options[2]

    def dehydrate_d(self, item: LevelItem) -> str:
        """Return the fourth option."""
        return item.options[3]

    def dehydrate_key(self, item: LevelItem) -> str:
        """Return the letter of the right option."""
        return LETTERS[item.key]

    def import_instance(self, instance: LevelItem, row: dict[str, str], **options: Any) -> None:
        """Take a row over into the item; ValidationError says what is wrong with it."""
        level_before = instance.level
        written = _written(row)
        if problems := list(item_problems(written)):
            raise ValidationError("; ".join(problems))
        for name in ("code", "level", "target", "passage", "stem", "key"):
            setattr(instance, name, getattr(written, name))
        instance.kind, instance.options = written.kind.value, list(written.options)
        instance.is_withdrawn = row.get("is_withdrawn", "").strip().lower() in {"1", "true"}
        if instance.level != level_before:
            instance.difficulty = expected_difficulty(instance.level)


def _written(row: dict[str, str]) -> WrittenItem:
    cells = {name: (row.get(name) or "").strip() for name in (*_WRITTEN, *LETTERS, "key")}
    if not cells["code"]:
        raise ValidationError("there is no code")
    if cells["level"] not in LEVELS or cells["kind"] not in set(Kind):
        raise ValidationError("level or kind is none that there is")
    if len(cells["key"]) != 1 or cells["key"] not in LETTERS:
        raise ValidationError("the key is none of a, b, c, d")
    return WrittenItem(
        code=cells["code"],
        level=cells["level"],
        kind=Kind(cells["kind"]),
        target=cells["target"],
        passage=cells["passage"],
        stem=cells["stem"],
        options=tuple(cells[letter] for letter in LETTERS),
        key=LETTERS.index(cells["key"]),
    )


@admin.register(LevelItem)
class LevelItemAdmin(ImportExportModelAdmin, ReadOnlyTable[LevelItem]):  # type: ignore[misc]
    """The item bank with its statistics."""

    resource_classes: ClassVar[list[type]] = [LevelItemResource]
    formats: ClassVar[list[type]] = [CSV]
    import_form_class = ImportForm
    export_form_class = ExportForm
    list_display = ("code", "target", "stem", "is_withdrawn", *_STATISTICS)
    list_filter = ("level", "kind", "is_withdrawn")
    search_fields = ("=code", "target", "stem")

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Only who may add items brings a file in."""
        return request.user.has_perm("exams.add_levelitem")


@admin.register(LevelTest)
class LevelTestAdmin(ReadOnlyTable[LevelTest]):
    """Sittings and their results."""

    list_display = (
        "user",
        "state",
        "level",
        "ability",
        "standard_error",
        "answer_count",
        "started_at",
    )
    list_select_related = ("user",)
    list_filter = ("state", "level", "started_at")
    search_fields = ("=user__email", "=public_id")


@admin.register(LevelAnswer)
class LevelAnswerAdmin(ReadOnlyTable[LevelAnswer]):
    """Answers, as they were given."""

    list_display = ("user", "test", "position", "item", "option", "is_right", "answered_at")
    list_select_related = ("user", "test", "item")
    list_filter = ("is_right", "answered_at")
    search_fields = ("=user__email", "=public_id")
