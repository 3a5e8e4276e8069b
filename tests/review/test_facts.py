"""Facts are append-only in the database itself."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from review.models import ReviewHistory, SchedulingParameters, Stage
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
