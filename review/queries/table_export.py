"""A learner's contents as the rows of a table."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from accounts.queries.learners import Learner
from review.access import categories_of, category_of
from review.models import Content
from review.queries.contents import category_and_below, stored_contents

_CHUNK = 1000


def exported_contents(learner: Learner, category_id: UUID | None) -> QuerySet[Content]:
    """Return the contents to take along, those of a category and below it; CategoryNotFound."""
    rows = stored_contents(learner).filter(archived_at=None).order_by("pk")
    if category_id:
        category_of(learner, category_id)
        rows = rows.filter(category_id__in=category_and_below(learner, category_id))
    return rows


def table_rows(learner: Learner, contents: QuerySet[Content]) -> Iterator[dict[str, str]]:
    """Yield the contents as rows, their categories as paths. Memory does not grow with them."""
    paths = _paths(learner)
    for content in contents.iterator(chunk_size=_CHUNK):
        yield {
            "front": content.front,
            "back": content.back,
            "gloss": content.gloss,
            "example": content.example,
            "tags": " ".join(content.tags),
            "category": paths[content.category_id],
        }


def _paths(learner: Learner) -> dict[int, str]:
    rows: dict[int, tuple[int | None, str]] = {
        key: (parent, name)
        for key, parent, name in categories_of(learner).values_list("pk", "parent_id", "name")
    }

    def path(key: int) -> str:
        parent, name = rows[key]
        return f"{path(parent)}::{name}" if parent else name

    return {key: path(key) for key in rows}
