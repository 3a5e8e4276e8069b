"""What holds after every command, in whatever test it runs."""

from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from zeal import zeal_ignore

from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from config.outbox.publish import publish
from review.commands import batches, contents, importing, moves, recording
from tests import make
from tests.review.projection import verify_exact

TELLING: tuple[ModuleType, ...] = (batches, contents, importing, moves, recording)
COUNTING = {"django_assert_num_queries", "django_assert_max_num_queries"}


@pytest.fixture
def owner(db: Any) -> User:
    """Whoever imports; the test's transaction waits while the engine works, however long."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    return make.user("anki@example.com", time_zone="UTC", rollover_hour=4)


@pytest.fixture
def importer(owner: User) -> Learner:
    """The same, as commands and queries see them."""
    return learner_of(owner)


@pytest.fixture(autouse=True)
def every_command_leaves_exact_readings(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recount the learner's facts when a command tells what it has done: its last statement.

    The learner's clock is locked by then, so nobody else's command is between the two readings.
    """
    if COUNTING & set(request.fixturenames):
        return

    def publish_and_verify(*events: Any) -> None:
        publish(*events)
        days = {event.learner_id: event.occurred_at.date() for event in events}
        with zeal_ignore():  # a command of several transactions is recounted after each
            for public_id, day in days.items():
                verify_exact(learner_of(User.objects.get(public_id=public_id)), day)

    for module in TELLING:
        monkeypatch.setattr(module, "publish", publish_and_verify)
