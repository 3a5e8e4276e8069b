"""Facts are append-only in the database itself."""

from copy import copy

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from config.identifiers import new_public_id
from review.models import ReviewHistory, SchedulingParameters, Stage
from review.queries.integrity import fact_differences
from tests import make


def _fact(user: User) -> ReviewHistory:
    content = make.content(user)
    now = timezone.now()
    return ReviewHistory.objects.create(
        user=user,
        content=content,
        category=content.category,
        rating=3,
        reviewed_at=now,
        local_day=now.date(),
        local_hour=now.hour,
        stage_before=Stage.NEW,
        parameters=SchedulingParameters.objects.create(weights=[1.0] * 21),
        due_at=now,
    )


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_fact_is_neither_changed_nor_deleted(alice: User, change: str) -> None:
    fact = _fact(alice)
    rows = ReviewHistory.objects.filter(pk=fact.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(rating=1) if change == "update" else rows.delete()
    fact.refresh_from_db()
    assert fact.rating == 3
    assert fact.xid > 0


def test_a_public_id_is_recorded_once_a_learner(alice: User) -> None:
    fact = _fact(alice)
    fact.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        fact.save(force_insert=True)


@pytest.mark.parametrize("table", ["review_content", "review_schedulingparameters"])
def test_what_a_fact_names_is_not_deleted(alice: User, table: str) -> None:
    fact = _fact(alice)
    key = fact.content_id if table == "review_content" else fact.parameters_id
    delete = f"DELETE FROM {table} WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="facts name this row"), transaction.atomic():
            cursor.execute(delete, [key])
        cursor.execute("SELECT set_config('resee.erasing_user', %s, true)", [str(alice.pk)])
        cursor.execute("DELETE FROM review_reviewhistory WHERE user_id = %s", [alice.pk])
        cursor.execute(delete, [key])  # none names it any more


def test_a_fact_that_names_nothing_is_found(alice: User) -> None:
    fact = _fact(alice)
    assert list(fact_differences()) == []
    for name in ("content_id", "parameters_id"):
        lost = copy(fact)
        lost.pk, lost.public_id = None, new_public_id()
        setattr(lost, name, 2**40)
        lost.save(force_insert=True)
    assert len(list(fact_differences())) == 2
