"""The read models are kept up by the clock, watched, and cannot be written past their rules."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.queries.learners import Learner
from config.celery import SCHEDULE, app
from config.operations import health
from review import metrics, projections, tasks
from review.read_models import ReadModelWatermark, RecentDay
from tests.review.cards import card, review

pytestmark = pytest.mark.django_db


def test_the_clock_asks_for_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    wanted = {entry["task"] for name, entry in SCHEDULE.items() if name in ("fold", "refresh")}
    assert wanted == {tasks.fold.name, tasks.refresh.name} <= app.tasks.keys()


def test_a_new_installation_is_ready() -> None:
    assert health.registered()["read_models"] is projections.health
    ReadModelWatermark.objects.update(folded_at="2000-01-01T00:00Z")
    with pytest.raises(projections.ReadModelsStale):
        projections.health()
    tasks.fold(trace="an argument of a later version")
    assert projections.health().startswith("folded 0 s ago, published ")


def test_the_tasks_say_what_they_did() -> None:
    for gauge in (metrics.FOLDED_AT, metrics.REFRESHED_AT):
        gauge.set(0)
    tasks.fold()
    tasks.refresh()
    assert min(metrics.FOLDED_AT._value.get(), metrics.REFRESHED_AT._value.get()) > 1e9


def test_there_is_one_watermark() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadModelWatermark.objects.create(pk=2, wm=1)


def test_the_sentinel_is_no_learners_day() -> None:
    projections.refresh()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM review_recent_day WHERE user_id = 0")
        assert cursor.fetchone() == (1,)
    assert not RecentDay.objects.filter(user_id=0).exists()


def test_a_fold_leaves_alone_what_has_not_committed(learner: Learner) -> None:
    """A wrapped test's own transaction is open: its facts stay in the tail, and count."""
    review(learner, card(learner))
    assert projections.fold() == 0
    assert projections.age().tail_count == 1
