"""Learners' devices: every command, in transactions that fail in every way they can.

Long ones commit late; some roll back, in whole or to a savepoint; some processes die right after
the commit, before the cache hears of it; what the cache hears is lost, late, doubled or shuffled.
"""

import contextlib
import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from config.errors import ReseeError
from review.access import locked_schedules
from review.commands.batches import record_reviews
from review.commands.cards import bury, reset, suspend, unsuspend
from review.commands.moves import move_content
from review.commands.recording import Answer
from review.commands.reviews import record_review, undo_review
from review.models import ReviewHistory
from review.ratings import Rating
from tests.torture import folds
from tests.torture.plan import Member, Plan, new_id

CRASHED = 75
LIFE_SECONDS = (2, 15)
LONG_SECONDS = (0.2, 1.5)
RECENT = 50
_WEIGHTS = {
    "answer": 50, "again": 4, "batch": 8, "undo": 16, "move": 10, "reset": 4,
    "suspend": 2, "wake": 6, "bury": 2,
}  # fmt: skip


class _Regret(Exception):
    """Rolls back to the savepoint."""


class Writer:
    """One process of the run, up to its crash or the deadline."""

    def __init__(self, plan: Plan, number: int) -> None:
        self.plan, self.tally = plan, plan.tally
        self.random = plan.random("writer", number)
        life = LIFE_SECONDS if number else (0.5, 1)  # so that a short run has a crash too
        self.dies_at = time.monotonic() + self.random.uniform(*life)
        self.late: list[Callable[[], Any]] = []
        self.last: dict[Member, Answer] = {}

    def run(self) -> None:
        """Write until the deadline; what is late comes last of all."""
        while (now := time.monotonic()) < self.plan.deadline:
            self.step(dies=now > self.dies_at)
        self.random.shuffle(self.late)
        for callback in self.late:
            callback()

    def step(self, *, dies: bool) -> None:
        """Run one command in a transaction with a fate of its own."""
        member = self.random.choice(self.plan.members)
        (name,) = self.random.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        try:
            with transaction.atomic():
                if dies:
                    transaction.on_commit(lambda: os._exit(CRASHED))
                kept = self._transact(member, getattr(self, name)) or dies
                transaction.set_rollback(not kept)
                callbacks = [] if dies or not kept else _taken()
        except ReseeError:
            self.tally.add("refused")
            return
        self.tally.add("commits" if kept else "rollbacks")
        if kept and name in ("undo", "move"):
            self.tally.add(f"{name}s")
            self.tally.add("during_folds", int(folds.is_open(self.plan)))
        self._tell_cache(callbacks)

    def _transact(self, member: Member, command: Callable[[Member], object]) -> bool:
        """Run the command, perhaps once more before, in vain; tell whether to commit.

        Who waits for what a savepoint has changed may wait for the whole transaction: so the one
        that runs two commands takes all locks of cards before the first.
        """
        if self.random.random() < 0.1:
            self.tally.add("savepoints")
            locked_schedules(member.learner, member.contents)
            with contextlib.suppress(_Regret), transaction.atomic():
                command(member)
                raise _Regret
        command(member)
        if self.random.random() < 0.08:
            self.tally.add("long_transactions")
            time.sleep(self.random.uniform(*LONG_SECONDS))
        return self.random.random() > 0.12

    def _tell_cache(self, callbacks: list[Callable[[], Any]]) -> None:
        fate = self.random.random()
        if fate < 0.1:
            self.late += callbacks
            self.tally.add("late_writes", len(callbacks))
        elif fate < 0.2:
            self.tally.add("lost_writes", len(callbacks))
        else:
            times = 2 if fate < 0.3 else 1
            self.tally.add("doubled_writes", (times - 1) * len(callbacks))
            for callback in callbacks * times:
                callback()
        if self.late and self.random.random() < 0.15:
            self.late.pop(self.random.randrange(len(self.late)))()

    def answer(self, member: Member) -> None:
        """Answer a card."""
        answer = self._answer(member)
        record_review(learner=member.learner, answer=answer, now=timezone.now())
        self.last[member] = answer

    def again(self, member: Member) -> None:
        """Send the last answer once more, as a device does that heard nothing."""
        if answer := self.last.get(member):
            record_review(learner=member.learner, answer=answer, now=timezone.now())
            self.tally.add("resent")

    def batch(self, member: Member) -> None:
        """Send what was gathered offline."""
        answers = [self._answer(member) for _ in range(self.random.randint(2, 8))]
        record_reviews(learner=member.learner, answers=answers, now=timezone.now())

    def undo(self, member: Member) -> None:
        """Take one of the last reviews or resets back."""
        rows = ReviewHistory.objects.filter(user_id=member.learner.id, undos=None)
        done = rows.exclude(kind=ReviewHistory.Kind.UNDO).order_by("-id")
        ids = list(done.values_list("public_id", flat=True)[:RECENT])
        undo_review(learner=member.learner, review_id=self.random.choice(ids), now=timezone.now())

    def move(self, member: Member) -> None:
        """Put a card elsewhere, with its past."""
        card, category = self._card(member), self.random.choice(member.categories)
        move_content(
            learner=member.learner, content_id=card, category_id=category, now=timezone.now()
        )

    def reset(self, member: Member) -> None:
        """Start a card anew."""
        reset(learner=member.learner, content_id=self._card(member), now=timezone.now())

    def suspend(self, member: Member) -> None:
        """Put a card aside."""
        suspend(learner=member.learner, content_id=self._card(member), now=timezone.now())

    def wake(self, member: Member) -> None:
        """Take a card back."""
        unsuspend(learner=member.learner, content_id=self._card(member))

    def bury(self, member: Member) -> None:
        """Hide a card for today."""
        bury(learner=member.learner, content_id=self._card(member), now=timezone.now())

    def _card(self, member: Member) -> Any:
        return self.random.choice(member.contents)

    def _answer(self, member: Member) -> Answer:
        """Most answers are of today, some of the last weeks."""
        past = timedelta(hours=self.random.randrange(40 * 24))
        at = timezone.now() - past if self.random.random() < 0.15 else None
        rating = Rating(self.random.randint(1, 4))
        taken_ms = self.random.randrange(20_000)
        return Answer(self._card(member), rating, taken_ms, at, new_id(self.random))


def _taken() -> list[Callable[[], Any]]:
    """Take from the transaction what it would run after its commit."""
    callbacks = [entry[1] for entry in connection.run_on_commit]
    connection.run_on_commit.clear()
    return callbacks


def write(plan: Plan, number: int) -> None:
    """Run one writer; its process may end with CRASHED."""
    Writer(plan, number).run()
