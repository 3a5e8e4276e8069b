"""The only way to fetch a row on behalf of a learner: another's row is as absent as none."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.queries.learners import Learner
from config.errors import NotFound
from exams.models import LevelTest


class LevelTestNotFound(NotFound):
    """No such level test of this learner."""

    code = "level_test_not_found"


def level_tests_of(learner: Learner) -> QuerySet[LevelTest]:
    """Return the learner's level tests."""
    return LevelTest.objects.filter(user_id=learner.id)


def level_test_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> LevelTest:
    """Return one level test, its row locked for the transaction if ``lock``; LevelTestNotFound."""
    rows = level_tests_of(learner)
    rows = rows.select_for_update(no_key=True) if lock else rows.select_related("item")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise LevelTestNotFound("You have no level test with this id.")
    return found
