"""The only way to fetch a row on behalf of a learner: another's row is as absent as none."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

from accounts.queries.learners import Learner
from config.errors import NotFound
from review.import_models import Export, Import, Medium
from review.models import Category, Content, LearnerClock, ReviewHistory, ReviewSchedule
from review.parameters import chosen

_OF_PLAN = {"placed_at", "placed_for", "planned_at"}  # an answer makes them void, unread
_SCHEDULE = [
    field.attname
    for field in ReviewSchedule._meta.concrete_fields  # noqa: SLF001
    if field.attname not in _OF_PLAN
]
_CONTENT = ["id", "public_id", "user_id", "category_id", "archived_at"]
# By hand: at every answer Django's compiler would cost more than all else that happens to it.
_LOCK = f"""
SELECT {", ".join(f"schedule.{name}" for name in _SCHEDULE)},
       {", ".join(f"content.{name}" for name in _CONTENT)},
       (SELECT applied_parameters_id FROM review_category WHERE id = content.category_id),
       (SELECT parameters_id FROM review_learnerclock WHERE user_id = %(user_id)s)
FROM review_reviewschedule AS schedule
JOIN review_content AS content ON content.id = schedule.content_id
WHERE schedule.user_id = %(user_id)s AND content.public_id = ANY(%(ids)s::uuid[])
ORDER BY schedule.content_id  -- everybody locks in one order
FOR NO KEY UPDATE OF schedule, content
"""  # noqa: S608  column names of ours


class CategoryNotFound(NotFound):
    """No such category of this learner."""

    code = "category_not_found"


class ContentNotFound(NotFound):
    """No such content of this learner."""

    code = "content_not_found"


class ReviewNotFound(NotFound):
    """No such review of this learner."""

    code = "review_not_found"


class MediumNotFound(NotFound):
    """No such picture or sound of this learner."""

    code = "medium_not_found"


class ExportNotFound(NotFound):
    """No such export of this learner, or its package is not there."""

    code = "export_not_found"


class ImportNotFound(NotFound):
    """No such import of this learner."""

    code = "import_not_found"


def imports_of(learner: Learner) -> QuerySet[Import]:
    """Return the learner's imports."""
    return Import.objects.filter(user_id=learner.id)


def import_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> Import:
    """Return one import with its job, its row locked if ``lock``; ImportNotFound."""
    rows = imports_of(learner).select_related("job")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise ImportNotFound("You have no import with this id.")
    return found


def export_of(learner: Learner, public_id: UUID) -> Export:
    """Return one export with its job; ExportNotFound."""
    found = Export.objects.filter(user_id=learner.id, public_id=public_id)
    row = found.select_related("job").first()
    if row is None:
        raise ExportNotFound("You have no export with this id.")
    return row


def medium_of(learner: Learner, public_id: UUID) -> Medium:
    """Return one of the learner's media; MediumNotFound."""
    found = Medium.objects.filter(user_id=learner.id, public_id=public_id).first()
    if found is None:
        raise MediumNotFound("You have no medium with this id.")
    return found


def categories_of(learner: Learner) -> QuerySet[Category]:
    """Return the learner's categories."""
    return Category.objects.filter(user_id=learner.id)


def contents_of(learner: Learner) -> QuerySet[Content]:
    """Return the learner's contents, drafts and archived ones included."""
    return Content.objects.filter(user_id=learner.id)


def cards_of(user_id: int) -> QuerySet[ReviewSchedule]:
    """Return the schedules of the learner's cards, without archived ones.

    The contents' owner is named too: else everybody's contents are read to find a learner's.
    """
    return ReviewSchedule.objects.filter(
        user_id=user_id, content__user_id=user_id, content__archived_at=None
    )


def category_of(
    learner: Learner, public_id: UUID, *, field: str = "category", lock: bool = False
) -> Category:
    """Return one category, its row locked if ``lock``; CategoryNotFound names the input field."""
    rows = categories_of(learner)
    rows = rows.select_for_update(no_key=True) if lock else rows.select_related("parent")
    category = rows.filter(public_id=public_id).first()
    if category is None:
        raise CategoryNotFound("You have no category with this id.", field=field)
    return category


def content_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> Content:
    """Return one content, its row locked for the transaction if ``lock``; ContentNotFound."""
    rows = contents_of(learner)
    # No category is joined to a locked row: it may change while we wait, and the row seem gone.
    rows = rows.select_for_update(no_key=True) if lock else rows.select_related("category")
    content = rows.filter(public_id=public_id).first()
    if content is None:
        raise ContentNotFound("You have no content with this id.")
    return content


def locked_schedules(
    learner: Learner, content_ids: Collection[UUID]
) -> list[tuple[ReviewSchedule, int]]:
    """Return the cards' schedules, locked together with their contents; drafts have none.

    With each comes the key of the parameters that decide the card's next interval. The category is
    no joined row: it may change while we wait for the lock, and the content's row is then the new.
    """
    with connection.cursor() as cursor:
        ids = ",".join([each.hex for each in content_ids])  # text: written and sent much faster
        cursor.execute(_LOCK, {"user_id": learner.id, "ids": f"{{{ids}}}"})
        return [_locked(row) for row in cursor.fetchall()]


def _locked(row: tuple[Any, ...]) -> tuple[ReviewSchedule, int]:
    *values, of_category, of_learner = row
    count = len(_SCHEDULE)
    schedule = ReviewSchedule.from_db(DEFAULT_DB_ALIAS, _SCHEDULE, values[:count])
    schedule.content = Content.from_db(DEFAULT_DB_ALIAS, _CONTENT, values[count:])
    return schedule, chosen(of_category, of_learner)


def locked_clock(learner: Learner) -> LearnerClock:
    """Return the learner's clock, made on first use, its row locked for the transaction."""
    LearnerClock.objects.get_or_create(user_id=learner.id)
    return LearnerClock.objects.select_for_update(no_key=True).get(user_id=learner.id)


def facts_seq(learner: Learner) -> int:
    """Return how many times the learner's facts have changed."""
    with connection.cursor() as cursor:  # on every dashboard: the ORM costs more than the query
        cursor.execute("SELECT facts_seq FROM review_learnerclock WHERE user_id = %s", [learner.id])
        row: tuple[int] | None = cursor.fetchone()
    return row[0] if row else 0


def review_of(learner: Learner, public_id: UUID) -> ReviewHistory:
    """Return one of the learner's facts by its public id; ReviewNotFound."""
    fact = (
        ReviewHistory.objects.select_related("content")
        .filter(user_id=learner.id, public_id=public_id)
        .first()
    )
    if fact is None:
        raise ReviewNotFound("You have no review with this id.")
    return fact
