"""What a learner has stored."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.queries.learners import Learner
from review.access import categories_of, contents_of
from review.models import Content, Stage

SUGGESTIONS_MAX = 3
STAGES = [stage.name.lower() for stage in Stage]


def stored_contents(learner: Learner) -> QuerySet[Content]:
    """Return the learner's contents with category and schedule joined, to filter and page."""
    return contents_of(learner).select_related("category", "schedule")


def search(rows: QuerySet[Content], words: str) -> QuerySet[Content]:
    """Keep the contents in which every word stands somewhere: front, back, gloss or example."""
    for word in words.split():
        rows = rows.filter(
            Q(front__icontains=word)
            | Q(back__icontains=word)
            | Q(gloss__icontains=word)
            | Q(example__icontains=word)
        )
    return rows


def known_forms(learner: Learner, forms: Collection[str]) -> set[str]:
    """Return which of the normal forms the learner has among contents that are not archived."""
    rows = contents_of(learner).filter(normal_form__in=forms, archived_at=None)
    return set(rows.values_list("normal_form", flat=True))


def gloss_suggestions(learner: Learner, forms: Collection[str]) -> dict[str, list[str]]:
    """Return, by normal form, the learner's own latest glosses for it: three at most."""
    rows = contents_of(learner).filter(normal_form__in=forms).exclude(gloss="").order_by("-id")
    found: dict[str, list[str]] = defaultdict(list)
    for form, gloss in rows.values_list("normal_form", "gloss"):
        if gloss not in found[form] and len(found[form]) < SUGGESTIONS_MAX:
            found[form].append(gloss)
    return dict(found)


def category_tree(learner: Learner) -> list[dict[str, Any]]:
    """Return the learner's categories by name, each with its parent's id. One query."""
    rows = categories_of(learner).order_by("name", "id")
    return [
        {"id": public_id, "name": name, "parent": parent, "created_at": created_at}
        for public_id, name, parent, created_at in rows.values_list(
            "public_id", "name", "parent__public_id", "created_at"
        )
    ]


def category_and_below(learner: Learner, category_id: UUID) -> list[int]:
    """Return the keys of a category and all below it; empty when the learner has none such."""
    rows = list(categories_of(learner).values_list("id", "parent_id", "public_id"))
    found = [pk for pk, _, public_id in rows if public_id == category_id]
    for pk in found:  # grows while it is walked: breadth first
        found += [child for child, parent, _ in rows if parent == pk]
    return found


def stage_name(stage: int | None) -> str:
    """Return the stage as the API spells it; a draft has none."""
    return "draft" if stage is None else Stage(stage).name.lower()
