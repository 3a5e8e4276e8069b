"""Learners who look: what they are shown against a recount of the same moment.

In one repeatable-read transaction both see one snapshot. Under the product's own isolation level a
reading counts when the learner's clock stood still around it.
"""

import sys
import time
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.queries.learners import Learner
from config.metrics import CACHE_HITS, CACHE_MISSES
from review.access import facts_seq
from tests.torture import recount
from tests.torture.plan import Plan

LATE_SECONDS = (0.05, 0.5)
DETAILS = 3
_ONE_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_KINDS = {"dashboard": 6, "categories": 3, "activity": 1}
Differences = dict[str, tuple[Any, Any]]


class Reader:
    """One process of the run."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.plan, self.tally = plan, plan.tally
        self.random = plan.random("reader", number)
        self.told = 0

    def run(self) -> None:
        """Read until the deadline."""
        while time.monotonic() < self.plan.deadline:
            learner = self.random.choice(self.plan.everybody).learner
            (kind,) = self.random.choices(list(_KINDS), list(_KINDS.values()))
            before, now = _cache_reads(), timezone.now()
            read = self._in_a_snapshot if self.random.random() < 0.7 else self._as_the_product
            wrong = read(learner, kind, now)
            for name, count in _cache_reads().items():
                self.tally.add(name, count - before[name])
            if wrong is not None:
                self._count(learner, kind, wrong)

    def _in_a_snapshot(self, learner: Learner, kind: str, now: datetime) -> Differences:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_ONE_SNAPSHOT)
            facts_seq(learner)  # from here on the snapshot stands
            if self.random.random() < 0.1:  # so that what it fills the cache with is late
                self.tally.add("late_readings")
                time.sleep(self.random.uniform(*LATE_SECONDS))
            return _compared(learner, kind, now)

    def _as_the_product(self, learner: Learner, kind: str, now: datetime) -> Differences | None:
        before = facts_seq(learner)
        wrong = _compared(learner, kind, now)
        if facts_seq(learner) == before:
            return wrong
        self.tally.add("unsettled")
        return None

    def _count(self, learner: Learner, kind: str, wrong: Differences) -> None:
        self.tally.add("readings")
        if wrong:
            self.tally.add("wrong")
            self.told += 1
            if self.told <= DETAILS:
                sys.stderr.write(
                    f"WRONG {kind} of learner {learner.id}: (shown, counted) {wrong}\n"
                )


def _compared(learner: Learner, kind: str, now: datetime) -> Differences:
    shown = recount.found(learner, kind, now)
    return recount.differences(shown, recount.expected(learner, kind, now))


def _cache_reads() -> dict[str, int]:
    counters = {"hits": CACHE_HITS, "misses": CACHE_MISSES}
    return {n: int(each.labels("statistics")._value.get()) for n, each in counters.items()}


def read(plan: Plan, number: int) -> None:
    """Run one reader."""
    Reader(plan, number).run()
