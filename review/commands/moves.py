"""A card's place: when it moves, what it has added to the statistics moves with it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.queries.learners import Learner
from config.outbox.publish import publish
from review.access import category_of, content_of, contents_of
from review.commands.clock import tick
from review.events import ContentMoved
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
def move_content(
    *, learner: Learner, content_id: UUID, category_id: UUID, now: datetime
) -> Content:
    """Put a content into another category, its past reviews with it. Twice is once."""
    category = category_of(learner, category_id, lock=True)  # it shall not be deleted meanwhile
    content = content_of(learner, content_id, lock=True)
    if content.category_id != category.pk:
        _move(learner, [content], content.category, category, now)
    content.category = category
    return content


def move_all(
    *,
    learner: Learner,
    source: Category,
    target: Category,
    now: datetime,
    keys: Collection[int] | None = None,
) -> None:
    """Move the contents of ``source``, of these ``keys`` or all; the caller's transaction holds it.

    Those that stand elsewhere by now stay there.
    """
    rows = contents_of(learner).filter(category=source).order_by("pk")
    rows = rows if keys is None else rows.filter(pk__in=keys)
    _move(learner, list(rows.select_for_update(no_key=True)), source, target, now)


def _move(
    learner: Learner, contents: Sequence[Content], old: Category, new: Category, now: datetime
) -> None:
    """The contents are locked, so that no review is recorded between sums and move."""
    keys = [content.pk for content in contents]
    Content.objects.filter(pk__in=keys).update(category=new)
    with connection.cursor() as cursor:
        cursor.execute(_ADJUST, {"old": old.pk, "new": new.pk, "contents": keys})
        if cursor.rowcount:
            tick(learner.id, cursor.rowcount)
    publish(
        *(
            ContentMoved(
                learner_id=learner.public_id,
                content_id=content.public_id,
                category_id=new.public_id,
                occurred_at=now,
            )
            for content in contents
        )
    )
