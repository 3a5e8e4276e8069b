"""How often the cache of a learner's own figures answers, and what a hit saves."""

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.core.cache import cache
from prometheus_client import REGISTRY

from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from review import projections
from review.commands.recording import Answer
from review.commands.reviews import record_review, undo_review
from review.models import Content
from review.queries.statistics import dashboard
from review.ratings import Rating

READS_A_WRITE = 10
FOLD_EVERY = 100  # writes
REFRESH_EVERY = 400
LATE_SHARE = 0.05  # given offline the day before
UNDO_SHARE = 0.05


class Day:
    """A random schedule of reads and writes over the learners, the cache empty at its start."""

    def __init__(self, users: Sequence[User], seed: int) -> None:
        self.random = random.Random(seed)
        self.learners = [learner_of(user) for user in users]
        self.cards: dict[int, list[UUID]] = {learner.id: [] for learner in self.learners}
        for user_id, public_id in Content.objects.values_list("user_id", "public_id").order_by(
            "pk"
        ):
            self.cards[user_id].append(public_id)

    def run(self, writes: int) -> None:
        """Do so many writes and ten times as many reads, in random order; folds in between."""
        for each in self.learners:
            forget(each)
        schedule = [True] * writes + [False] * (writes * READS_A_WRITE)
        self.random.shuffle(schedule)
        written, self.read = 0, set[int]()
        for is_write in schedule:
            learner = self.random.choice(self.learners)
            if not is_write:
                self.read.add(learner.id)
                dashboard(learner, now=datetime.now(UTC))
                continue
            self._write(learner)
            written += 1
            if written % FOLD_EVERY == 0:
                projections.fold()
            if written % REFRESH_EVERY == 0:
                projections.refresh()

    def _write(self, learner: Learner) -> None:
        now = datetime.now(UTC)
        is_late = self.random.random() < LATE_SHARE
        answer = Answer(
            content_id=self.random.choice(self.cards[learner.id]),
            rating=Rating(self.random.randint(1, 4)),
            taken_ms=self.random.randint(1000, 9000),
            reviewed_at=now - timedelta(days=1) if is_late else None,
        )
        recorded = record_review(learner=learner, answer=answer, now=now)
        if self.random.random() < UNDO_SHARE:
            undo_review(learner=learner, review_id=recorded.public_id, now=now)


def forget(learner: Learner) -> None:
    """Remove the learner's entry."""
    cache.delete(f"stats:{{{learner.id}}}")


def counted(counter: str) -> float:
    """Return what the metric says of the statistics' cache."""
    return REGISTRY.get_sample_value(f"{counter}_total", {"cache": "statistics"}) or 0.0


def rate(users: Sequence[User], *, writes: int, seed: int) -> dict[str, Any]:
    """Return hits, misses, how many were a learner's first, and the rate over one schedule."""
    day = Day(users, seed)
    hits, misses = counted("cache_hits"), counted("cache_misses")
    day.run(writes)
    hits, misses = counted("cache_hits") - hits, counted("cache_misses") - misses
    if hits + misses != writes * READS_A_WRITE:
        raise RuntimeError(
            f"{hits} hits and {misses} misses are not {writes * READS_A_WRITE} reads"
        )
    found = {"hits": int(hits), "misses": int(misses), "first_reads": len(day.read)}
    return {**found, "hit_rate": hits / (hits + misses)}


def saving(users: Sequence[User]) -> dict[str, float]:
    """Return the median ms of a dashboard by a hit and by the exact read, and the part saved.

    Each learner once each way, in turn.
    """
    exact, hit = [], []
    for learner in map(learner_of, users):
        forget(learner)
        exact.append(_dashboard_ms(learner))
        hit.append(_dashboard_ms(learner))
    exact_ms, hit_ms = median(exact), median(hit)
    return {"exact_ms": exact_ms, "hit_ms": hit_ms, "saved_ratio": 1 - hit_ms / exact_ms}


def _dashboard_ms(learner: Learner) -> float:
    before = time.perf_counter()
    dashboard(learner, now=datetime.now(UTC))
    return (time.perf_counter() - before) * 1000
