"""Whatever happens to the cache, no reading is over or under; most are hits."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django_redis import get_redis_connection
from prometheus_client import REGISTRY
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.queries.learners import Learner
from config.settings import variables
from review import projections, stat_cache
from review.commands.recording import RecordedReview
from review.commands.reviews import undo_review
from review.models import Content, LearnerClock
from review.queries.statistics import dashboard
from review.ratings import Rating
from tests.review.cards import NOW, card, review
from tests.review.projection import verify_projection

STEPS = 2000 if variables.text("PROOF") else 150
HOUR = timedelta(hours=1)
Callbacks = list[Callable[[], Any]]


def _hits() -> float:
    return REGISTRY.get_sample_value("cache_hits_total", {"cache": "statistics"}) or 0.0


class _Storm:
    """Answers and undos whose cache writes are lost, late, doubled or flushed away."""

    def __init__(self, learner: Learner, seed: int) -> None:
        self.learner = learner
        self.source = random.Random(seed)
        self.contents: list[Content] = [card(learner, front=str(n)) for n in range(4)]
        self.done: list[RecordedReview] = []
        self.late: Callbacks = []
        self.now: datetime = NOW

    def step(self) -> None:
        """Change something."""
        self.now += HOUR * self.source.choice([0, 0, 0, 0, 1, 9, 26])
        if self.done and self.source.random() < 0.25:
            recorded = self.done.pop(self.source.randrange(len(self.done)))
            undo_review(learner=self.learner, review_id=recorded.public_id, now=NOW)
        else:
            at = max(NOW, self.now - HOUR * self.source.choice([0, 0, 0, 0, 5, 50]))
            rating = Rating(self.source.randint(1, 4))
            self.done.append(review(self.learner, self.source.choice(self.contents), rating, at))

    def publish(self, callbacks: Callbacks) -> None:
        """Let the cache know, or not, or twice, or later."""
        fate = self.source.random()
        if fate < 0.1:
            self.late += callbacks
        elif fate >= 0.2:
            for callback in callbacks * (2 if fate < 0.3 else 1):
                callback()
        if fate > 0.95:
            get_redis_connection("default").delete(stat_cache._key(self.learner.id))
        if self.late and fate > 0.8:
            self.source.shuffle(self.late)
            self.late.pop()()


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_faults_never_shows_in_a_reading(
    learner: Learner,
    seed: int,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    storm, before = _Storm(learner, seed), _hits()
    for _ in range(STEPS):
        with django_capture_on_commit_callbacks() as callbacks:
            storm.step()
        storm.publish(callbacks)
        verify_projection(learner, storm.now)
    assert _hits() - before > STEPS * 0.2


def test_ones_own_last_answer_is_read_from_the_cache(
    learner: Learner, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    content = card(learner)
    review(learner, content)
    dashboard(learner, now=NOW)
    for count in (2, 3, 4):
        with django_capture_on_commit_callbacks(execute=True):
            review(learner, content, Rating.AGAIN)
        before = _hits()
        found = dashboard(learner, now=NOW)
        assert found["reviewed_today"]["review_count"] == count
        assert found["reviewed_today"]["forgot"] == count - 1
        assert _hits() == before + 1


def test_an_entry_of_another_fact_day_or_format_is_a_miss(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    review(learner, card(learner))
    dashboard(learner, now=NOW)
    seq = LearnerClock.objects.get(user_id=learner.id).facts_seq
    assert stat_cache.read(learner.id, seq=seq, day=NOW.date())
    assert stat_cache.read(learner.id, seq=seq + 1, day=NOW.date()) is None
    assert stat_cache.read(learner.id, seq=seq, day=NOW.date() + timedelta(days=1)) is None
    monkeypatch.setattr(stat_cache, "FORMAT", stat_cache.FORMAT + 1)
    assert stat_cache.read(learner.id, seq=seq, day=NOW.date()) is None


def test_a_rebuild_removes_the_figures_of_facts_that_a_restore_has_lost(learner: Learner) -> None:
    review(learner, card(learner))
    dashboard(learner, now=NOW)
    seq = LearnerClock.objects.get(user_id=learner.id).facts_seq
    projections.rebuild()
    assert stat_cache.read(learner.id, seq=seq, day=NOW.date()) is None


@pytest.mark.asvs("16.5.2", "figures are read from PostgreSQL when Redis is away")
def test_without_redis_answers_are_recorded_and_read_exactly(
    learner: Learner,
    settings: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    away = {"LOCATION": "unix:///nowhere/valkey.sock"}
    settings.CACHES = {"default": settings.CACHES["default"] | away}
    with django_capture_on_commit_callbacks(execute=True):
        review(learner, card(learner))
    assert dashboard(learner, now=NOW)["reviewed_today"]["review_count"] == 1
