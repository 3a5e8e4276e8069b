"""A card's place: when it moves, what it has added to the statistics moves with it."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from accounts.queries.learners import Learner
from review.access import category_of, content_of, contents_of
from review.commands.clock import tick
from review.models import Category, Content

_ADJUST = """
INSERT INTO review_reviewadjustment (
    user_id, content_id, category_id, local_day, review_count,
    again_count, hard_count, good_count, easy_count, taken_ms, recorded_at
)
SELECT
    user_id, content_id, side.category_id, local_day, side.sign * sum(fact.sign),
    side.sign * coalesce(sum(fact.sign) FILTER (WHERE rating = 1), 0),
    side.sign * coalesce(sum(fact.sign) FILTER (WHERE rating = 2), 0),
    side.sign * coalesce(sum(fact.sign) FILTER (WHERE rating = 3), 0),
    side.sign * coalesce(sum(fact.sign) FILTER (WHERE rating = 4), 0),
    side.sign * sum(fact.sign * fact.taken_ms::bigint), now()
FROM
    review_reviewhistory AS fact,
    (VALUES (%(old)s::bigint, -1), (%(new)s::bigint, 1)) AS side (category_id, sign)
WHERE content_id = ANY(%(contents)s) AND rating IS NOT NULL
GROUP BY user_id, content_id, local_day, side.category_id, side.sign
HAVING sum(fact.sign) <> 0
"""


@transaction.atomic
def move_content(*, learner: Learner, content_id: UUID, category_id: UUID) -> Content:
    """Put a content into another category, its past reviews with it. Twice is once."""
    category = category_of(learner, category_id)
    content = content_of(learner, content_id, lock=True)
    if content.category_id != category.pk:
        _move(learner, [content.pk], content.category, category)
    content.category = category
    return content


def move_all(*, learner: Learner, source: Category, target: Category) -> None:
    """Move every content of ``source``; the caller's transaction holds it all."""
    rows = contents_of(learner).filter(category=source).order_by("pk")
    locked = rows.select_for_update(no_key=True).values_list("pk", flat=True)
    _move(learner, list(locked), source, target)


def _move(learner: Learner, contents: Sequence[int], old: Category, new: Category) -> None:
    """The contents are locked, so that no review is recorded between sums and move."""
    Content.objects.filter(pk__in=contents).update(category=new)
    with connection.cursor() as cursor:
        cursor.execute(_ADJUST, {"old": old.pk, "new": new.pk, "contents": list(contents)})
        if cursor.rowcount:
            tick(learner.id, cursor.rowcount)
