"""Contents as rows of a spreadsheet, for the admin: out as they are, in through the commands."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource

from accounts.queries.learners import learner_of_email
from config.spreadsheets import cell, text_of
from review.commands.categories import categories_at
from review.commands.contents import NewContent, add_content
from review.models import Content

_TEXTS = ("front", "back", "gloss", "example")


class ContentSpreadsheet(ModelResource):  # type: ignore[misc]
    """A row a content; ``learner`` is an address, ``category`` a path such as A::B."""

    learner = Field(column_name="learner", dehydrate_method="learner_of_row")
    category = Field(column_name="category", dehydrate_method="category_of_row")
    tags = Field(column_name="tags", dehydrate_method="tags_of_row")

    class Meta:
        model = Content
        fields = (*_TEXTS, "learner", "category", "tags")
        export_order = ("learner", "category", *_TEXTS, "tags")
        import_id_fields = ()
        force_init_instance = True
        use_transactions = True
        skip_diff = True

    def learner_of_row(self, content: Content) -> str:
        """Return the owner's address."""
        return content.user.email

    def category_of_row(self, content: Content) -> str:
        """Return the name of the category."""
        return content.category.name

    def tags_of_row(self, content: Content) -> str:
        """Return the tags, with spaces between them."""
        return " ".join(content.tags)

    def export_field(self, field: Any, instance: Content, **kwargs: Any) -> Any:
        """Return a cell; none is a formula to the program that opens it."""
        return cell(super().export_field(field, instance, **kwargs))

    def save_instance(
        self,
        instance: Content,
        is_create: bool,  # noqa: FBT001  as the library calls it
        row: Mapping[str, Any],
        **_: Any,
    ) -> None:
        """Store a row as the learner's own card: scheduled, and told, like any other."""
        learner = learner_of_email(str(row.get("learner") or ""))
        path = tuple(str(row.get("category") or "Imported").split("::"))
        category = categories_at(learner=learner, paths=[path])[path]
        texts: dict[str, Any] = {name: text_of(str(row.get(name) or "")) for name in _TEXTS}
        tags = text_of(str(row.get("tags") or "")).split()
        new = NewContent(category_id=category.public_id, tags=tags, **texts)
        instance.pk = add_content(learner=learner, new=new, now=timezone.now()).pk
