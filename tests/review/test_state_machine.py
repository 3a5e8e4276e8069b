"""Whatever happens in whatever order, every reading is what the plain model says.

Commands, repetitions, answers out of order, crashes, cache writes that are lost, doubled or late,
folds and refreshes at any moment, a restored dump: after every single step the exact reads and all
schedules are compared with ``model.py``, which knows nothing of facts, folds or caches.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_redis import get_redis_connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.queries.learners import Learner, learner_of
from config.errors import ReseeError
from config.settings import variables
from review import projections, stat_cache
from review.commands.batches import record_reviews
from review.commands.cards import bury, reset, suspend, unsuspend
from review.commands.categories import change_category, create_category, delete_category
from review.commands.contents import (
    NewContent,
    add_content,
    archive_content,
    edit_content,
    restore_content,
)
from review.commands.moves import move_content
from review.commands.recording import Answer, RecordedReview
from review.commands.reviews import record_review, undo_review
from review.models import LearnerClock, ReviewSchedule, SchedulingParameters
from review.queries.activity import activity
from review.queries.due import due_cards
from review.queries.integrity import (
    fact_differences,
    read_model_differences,
    schedule_differences,
)
from review.queries.statistics import categories, dashboard
from review.ratings import Rating
from review.scheduling import grade
from review.states import state_of
from tests import make
from tests.review import learner_backup
from tests.review.folding import catch_up
from tests.review.model import LEECH_THRESHOLD, PARAMETERS, Card, Fact, Folder, Model
from tests.review.projection import verify_projection

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("fold"),
    pytest.mark.timeout(7200),
]
EXAMPLES, STEPS = (200, 50) if variables.text("PROOF") else (8, 25)
PAST = timedelta(days=45)
ZONES = ("Asia/Seoul", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin")
MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)

WHICH = st.integers(0, 6)
RATINGS = st.sampled_from(Rating)
AGO = st.sampled_from(
    [None, *(HOUR * hours for hours in (0, 0, 1, 5, 24, 30, 100, 700, 1200)), -4 * MINUTE, -HOUR]
)
TAKEN = st.integers(1, 90_000)
IDS = st.one_of(st.none(), st.uuids())
FATE = st.sampled_from(["told", "told", "told", "old", "old", "lost", "doubled", "late", "crash"])


class _Crash(Exception):
    """The process ends before its transaction does."""


@dataclass(frozen=True)
class _Sent:
    """An answer as it was sent, to be sent again."""

    card: UUID
    rating: Rating
    taken_ms: int
    at: datetime | None
    id: UUID


class _Cache:
    """The way to the cache: what a reader or writer sends there is told, lost, doubled or late."""

    def __init__(self) -> None:
        self.fate = "told"
        self.late: list[Callable[[], None]] = []
        self.write_count = 0
        self._read = stat_cache.read
        self.is_read = True

    def send(self, write: Callable[[], None]) -> None:
        """Let one write meet its fate."""
        self.write_count += 1
        if self.fate == "late":
            self.late.append(write)
        elif self.fate not in ("lost", "crash"):
            write()
        if self.fate == "doubled":
            write()

    def read(self, *args: Any, **kwargs: Any) -> stat_cache.Figures | None:
        """Read an entry, or nothing where the exact read itself is looked at."""
        return self._read(*args, **kwargs) if self.is_read else None

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Stand between the product and its cache."""
        publish, fill = stat_cache.publish, stat_cache.fill
        patch.setattr(stat_cache, "publish", lambda *a, **k: self.send(lambda: publish(*a, **k)))
        patch.setattr(stat_cache, "fill", lambda *a, **k: self.send(lambda: fill(*a, **k)))
        patch.setattr(stat_cache, "read", self.read)


class _OldTransaction:
    """Another connection's transaction: its id is older than those of all that began after it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._atomic = transaction.atomic()
        self._pool.submit(self._begin).result()

    def _begin(self) -> None:
        self._atomic.__enter__()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")

    def end(self, command: Callable[[], Any]) -> Any:
        """Run the command in it and commit; a fault is returned."""
        try:
            return self._pool.submit(self._commit, command).result()
        finally:
            self._pool.shutdown()

    def _commit(self, command: Callable[[], Any]) -> Any:
        try:
            with self._atomic_entered():
                return command()
        except ReseeError as fault:
            return fault.code
        finally:
            connection.close()

    @contextmanager
    def _atomic_entered(self) -> Iterator[None]:
        try:
            yield
        except BaseException as fault:
            self._atomic.__exit__(type(fault), fault, fault.__traceback__)
            raise
        self._atomic.__exit__(None, None, None)


class ReviewMachine(RuleBasedStateMachine):
    """A learner, what happens to them, and the model that it happens to as well."""

    cache: _Cache
    step_count = 0

    def __init__(self) -> None:
        super().__init__()
        self.learner = _strict_learner()
        self.now = timezone.now() - HOUR
        self.model = Model(self.learner.time_zone, self.learner.rollover_hour)
        self.backup: tuple[learner_backup.Dump, Model, list[_Sent]] | None = None
        self.sent: list[_Sent] = []
        self.old: _OldTransaction | None = None
        self.cache.late.clear()
        self.cache.fate = "told"
        self._add_folder("Words", None)
        for number in range(3):
            self._add_card(0, number, is_draft=False, now=self.now - PAST)
        self._add_folder("Elsewhere", None)
        for days in (44, 31, 30, 29, 8, 6, 5, 3, 2, 1):
            at, rating = self.now - timedelta(days=days), Rating(days % 4 + 1)
            self._record(self.card(days).id, rating, 1000 + days, at, None, "told")

    # How a command runs

    def act(self, fate: str, command: Callable[[], Any]) -> Any:
        """Run a command; return its result, the code of its fault, or None after a crash."""
        self.cache.fate = fate
        self.now += SECOND
        if fate == "old" and self.old:
            old, self.old = self.old, None
            return old.end(command)
        try:
            with transaction.atomic():
                result = command()
                _go_on(fate)
        except ReseeError as fault:
            return fault.code
        except _Crash:
            return None
        return result

    def teardown(self) -> None:
        if self.old:
            self.old.end(lambda: None)

    def card(self, which: int) -> Card:
        return list(self.model.cards.values())[which % len(self.model.cards)]

    def folder(self, which: int) -> UUID:
        return list(self.model.folders)[which % len(self.model.folders)]

    # Answers

    @rule(which=WHICH, rating=RATINGS, ago=AGO, taken=TAKEN, public_id=IDS, fate=FATE)
    def record(self, which: int, rating: Rating, ago: timedelta | None, taken: int,
               public_id: UUID | None, fate: str) -> None:  # fmt: skip
        at = None if ago is None else self.now - ago
        self._record(self.card(which).id, rating, taken, at, public_id, fate)

    @precondition(lambda self: self.sent)
    @rule(which=WHICH, rating=st.one_of(st.none(), RATINGS), fate=FATE)
    def repeat(self, which: int, rating: Rating | None, fate: str) -> None:
        """An answer is sent again, or another under its id."""
        old = self.sent[which % len(self.sent)]
        self._record(old.card, rating or old.rating, old.taken_ms, old.at, old.id, fate)

    def _record(self, card: UUID, rating: Rating, taken: int, at: datetime | None,
                public_id: UUID | None, fate: str) -> None:  # fmt: skip
        answer = Answer(card, rating, taken, at, public_id)
        found = self.act(
            fate, lambda: record_review(learner=self.learner, answer=answer, now=self.now)
        )
        if found is not None:
            self._expect([answer], [found], zone="")

    @rule(
        answers=st.lists(st.tuples(WHICH, RATINGS, AGO, TAKEN, IDS), min_size=1, max_size=6),
        again=st.lists(WHICH, max_size=2),
        zone=st.sampled_from(["", *ZONES]),
        fate=FATE,
    )
    def batch(self, answers: list[Any], again: list[int], zone: str, fate: str) -> None:
        """A device comes back with what it gathered, in any order, and some of it not new."""
        given = [
            Answer(self.card(which).id, rating, taken, ago and self.now - ago, public_id)
            for which, rating, ago, taken, public_id in answers
        ]
        for which in again if self.sent else []:
            old = self.sent[which % len(self.sent)]
            given.append(Answer(old.card, old.rating, old.taken_ms, old.at, old.id))
        found = self.act(fate, lambda: record_reviews(
            learner=self.learner, answers=given, now=self.now, time_zone=zone or None
        ))  # fmt: skip
        if found is not None:
            self._expect(given, found, zone=zone)

    def _expect(self, answers: list[Answer], found: list[Any], *, zone: str) -> None:
        """The answers were taken or refused as the model takes or refuses them."""
        sent, told = [], []
        for answer, outcome in zip(answers, found, strict=True):
            is_taken = isinstance(outcome, RecordedReview)
            key = outcome.public_id if is_taken else answer.public_id or uuid4()
            at = answer.reviewed_at or self.now
            day = self.model.today(at)
            fact = Fact(key, answer.content_id, answer.rating, at, day, answer.taken_ms)
            sent.append((fact, answer.reviewed_at))
            if is_taken:
                told.append("new" if outcome.is_new else "known")
                self.sent.append(_Sent(fact.card, answer.rating, fact.taken_ms,
                                       answer.reviewed_at, key))  # fmt: skip
            else:
                told.append(getattr(outcome, "code", outcome))
        assert told == self.model.batch(sent, self.now, zone=zone)
        for outcome in found:
            # Of a batch, an answer known before tells the schedule from before the batch.
            if isinstance(outcome, RecordedReview) and (outcome.is_new or len(found) == 1):
                assert outcome.state == self.model.state(self.model.cards[outcome.content_id])

    @precondition(lambda self: self.model.facts)
    @rule(which=st.integers(0, 40), is_of_undo=st.booleans(), fate=FATE)
    def undo(self, which: int, is_of_undo: bool, fate: str) -> None:
        """A review or reset is taken back; what is taken back already is so only once."""
        fact = list(self.model.facts.values())[-1 - which % len(self.model.facts)]
        key = fact.undone_by if is_of_undo and fact.undone_by else fact.id
        found = self.act(
            fate, lambda: undo_review(learner=self.learner, review_id=key, now=self.now)
        )
        if key != fact.id:
            assert found == "not_undoable"
        elif found is not None:
            assert (found.is_new, found.content_id) == (not fact.undone_by, fact.card)
            assert fact.undone_by in (None, found.public_id)
            self.model.undo(fact, found.public_id, self.now)

    # Cards

    @rule(which=WHICH, note=WHICH, is_draft=st.booleans(), fate=FATE)
    def add(self, which: int, note: int, is_draft: bool, fate: str) -> None:
        if len(self.model.cards) < 7:
            self._add_card(which, note, is_draft=is_draft, now=self.now, fate=fate)

    def _add_card(
        self, which: int, note: int, *, is_draft: bool, now: datetime, fate: str = "told"
    ) -> None:
        folder, note_id = self.folder(which), UUID(int=note // 2)
        new = NewContent(
            category_id=folder, front="apple", back="" if is_draft else "fruit", note_id=note_id
        )
        found = self.act(fate, lambda: add_content(learner=self.learner, new=new, now=now))
        if found is not None:
            added_at = None if is_draft else now
            self.model.add(Card(found.public_id, folder, note_id, added_at))

    @rule(which=WHICH, action=st.sampled_from(["finish", "archive", "unarchive"]), fate=FATE)
    def keep(self, which: int, action: str, fate: str) -> None:
        """A card is edited, which makes one of a draft, put away or brought back."""
        card = self.card(which)
        ids: dict[str, Any] = {"learner": self.learner, "content_id": card.id}
        command = {
            "finish": lambda: edit_content(**ids, now=self.now, changes={"back": "fruit"}),
            "archive": lambda: archive_content(**ids, now=self.now),
            "unarchive": lambda: restore_content(**ids, now=self.now),
        }[action]
        found = self.act(fate, command)
        if found is not None:
            told = found if isinstance(found, str) else ""
            assert told == self.model.keep(card, action, self.now)

    @rule(
        which=WHICH,
        action=st.sampled_from(["suspend", "wake", "bury"]),
        siblings=st.booleans(),
        fate=FATE,
    )
    def put_aside(self, which: int, action: str, siblings: bool, fate: str) -> None:
        """Cards leave the reviews for a while, or come back."""
        card = self.card(which)
        ids: dict[str, Any] = {"learner": self.learner, "content_id": card.id}
        ids["siblings"] = siblings
        command = {
            "suspend": lambda: suspend(**ids, now=self.now),
            "wake": lambda: unsuspend(**ids),
            "bury": lambda: bury(**ids, now=self.now),
        }[action]
        found = self.act(fate, command)
        if found is not None:
            expected = self.model.put_aside(card, action, self.now, siblings=siblings)
            assert found == expected

    @rule(which=WHICH, fate=FATE)
    def reset(self, which: int, fate: str) -> None:
        card = self.card(which)
        found = self.act(
            fate, lambda: reset(learner=self.learner, content_id=card.id, now=self.now)
        )
        if card.added_at is None:
            assert found == "draft_not_reviewable"
        elif found is not None:
            self.model.reset(card, found.public_id, self.now)

    @rule(which=WHICH, into=WHICH, fate=FATE)
    def move(self, which: int, into: int, fate: str) -> None:
        card, folder = self.card(which), self.folder(into)
        if self.act(fate, lambda: move_content(
            learner=self.learner, content_id=card.id, category_id=folder, now=self.now
        )) is not None:  # fmt: skip
            card.folder = folder

    # Categories

    @rule(parent=st.one_of(st.none(), WHICH), fate=FATE)
    def add_folder(self, parent: int | None, fate: str) -> None:
        if len(self.model.folders) < 6:
            below = None if parent is None else self.folder(parent)
            self._add_folder(uuid4().hex, below, fate)

    def _add_folder(self, name: str, parent: UUID | None, fate: str = "told") -> None:
        found = self.act(
            fate, lambda: create_category(learner=self.learner, name=name, parent_id=parent)
        )
        if found is not None:
            self.model.folders[found.public_id] = Folder(name, parent)

    @rule(which=WHICH, parent=st.one_of(st.none(), WHICH), fate=FATE)
    def hang(self, which: int, parent: int | None, fate: str) -> None:
        folder, below = self.folder(which), None if parent is None else self.folder(parent)
        found = self.act(fate, lambda: change_category(
            learner=self.learner, category_id=folder, changes={"parent": below}
        ))  # fmt: skip
        if found is not None:
            assert (found if isinstance(found, str) else "") == self.model.hang(folder, below)

    @precondition(lambda self: len(self.model.folders) > 1)
    @rule(which=WHICH, into=st.one_of(st.none(), WHICH), fate=FATE)
    def delete_folder(self, which: int, into: int | None, fate: str) -> None:
        folder, target = self.folder(which), None if into is None else self.folder(into)

        def command() -> str:
            delete_category(learner=self.learner, category_id=folder, into_id=target, now=self.now)
            return ""

        found = self.act(fate, command)
        if found is not None:
            assert found == self.model.delete_folder(folder, target)

    # Time and place

    @rule(hours=st.sampled_from([1, 9, 24, 30, 70, 24 * 29, 24 * 31]))
    def wait(self, hours: int) -> None:
        self.now += HOUR * hours

    @rule(seconds=st.integers(-2, 1))
    def wait_for_the_edge_of_the_day(self, seconds: int) -> None:
        tomorrow = self.model.starts_at(self.model.today(self.now) + timedelta(days=1))
        self.now = max(self.now, tomorrow + seconds * SECOND)

    @rule(zone=st.sampled_from(ZONES), rollover=st.integers(0, 6))
    def travel(self, zone: str, rollover: int) -> None:
        self.learner = replace(self.learner, time_zone=zone, rollover_hour=rollover)
        self.model.zone, self.model.rollover = zone, rollover

    # Cache, read models, database

    @rule(which=WHICH)
    def a_late_cache_write_arrives(self, which: int) -> None:
        if self.cache.late:  # no precondition: random ids decide ties, and so what is written
            self.cache.late.pop(which % len(self.cache.late))()

    @rule(action=st.sampled_from(["fold", "refresh", "fold", "refresh", "rebuild", "forget"]))
    def upkeep(self, action: str) -> None:
        """What the clock does, at any moment."""
        {
            "fold": projections.fold,
            "refresh": projections.refresh,
            "rebuild": projections.rebuild,
            "forget": self._forget,
        }[action]()

    @precondition(lambda self: not self.old)
    @rule()
    def a_transaction_begins_elsewhere(self) -> None:
        """It holds the watermark back, until a command ends it."""
        self.old = _OldTransaction()

    def _forget(self) -> None:
        get_redis_connection("default").delete(stat_cache._key(self.learner.id))

    @rule()
    def back_up(self) -> None:
        dump = learner_backup.dump(self.learner.id)
        self.backup = dump, deepcopy(self.model), list(self.sent)

    @precondition(lambda self: self.backup)
    @rule(ahead=st.sampled_from([3, 20, 100, 10**11]), fate=FATE)
    def restore_into_a_new_cluster(self, ahead: int, fate: str) -> None:
        """All that came after the backup is gone; Redis still remembers it."""
        assert self.backup
        rows, model, sent = self.backup
        learner_backup.restore(self.learner.id, rows, ahead)
        with pytest.raises(projections.RebuildNeeded):
            projections.fold()
        projections.rebuild()
        self.model, self.sent = deepcopy(model), list(sent)
        self.model.zone, self.model.rollover = self.learner.time_zone, self.learner.rollover_hour
        self.cache.late.clear()
        self.cache.fate = fate

    # What holds after every step

    @invariant()
    def every_schedule_is_the_models(self) -> None:
        type(self).step_count += 1
        rows = ReviewSchedule.objects.filter(user_id=self.learner.id).select_related("content")
        found = {
            row.content.public_id: (
                state_of(row), row.leech_at, row.suspended_at, row.buried_until
            )
            for row in rows
        }  # fmt: skip
        assert found == {
            card.id: (self.model.state(card), card.leech_at, card.suspended_at, card.buried_until)
            for card in self.model.cards.values()
            if card.added_at
        }

    @invariant()
    def every_reading_is_the_models(self) -> None:
        expected = self.model.dashboard(self.now)
        assert dashboard(self.learner, now=self.now) == expected
        self.cache.is_read = False
        assert dashboard(self.learner, now=self.now) == expected
        self.cache.is_read = True
        days = activity(self.learner, days=90, now=self.now)
        assert days == self.model.activity(self.now, 90)
        assert categories(self.learner, now=self.now) == self.model.categories(self.now)
        verify_projection(self.learner, self.now)

    @invariant()
    def every_due_card_is_the_models(self) -> None:
        for folder in (None, *self.model.folders):
            found = due_cards(self.learner, now=self.now, limit=5, category_id=folder)
            expected = self.model.due(self.now, folder)
            assert found.due_count == len(expected)
            assert [_named(row) for row in found.cards] == [
                (card.id, card.folder, state.due_at, state.reps, state.lapses, {
                    rating.name.lower(): grade(
                        state, rating, self.now, PARAMETERS, seed=str(card.id)
                    ).due_at
                    for rating in Rating
                })
                for card, state in expected[:5]
            ]  # fmt: skip


def _go_on(fate: str) -> None:
    """End the process here, if that is its fate."""
    if fate == "crash":
        raise _Crash


def _named(row: dict[str, Any]) -> tuple[Any, ...]:
    following = {name: found["due_at"] for name, found in row["next_intervals"].items()}
    return (*(row[name] for name in ("id", "category", "due_at", "reps", "lapses")), following)


def _strict_learner() -> Learner:
    """A learner for whom the second lapse puts a card aside."""
    learner = learner_of(make.user(f"{uuid4()}@example.com"))
    default = SchedulingParameters.objects.get(pk=1)
    default.pk, default._state.adding = None, True
    default.public_id = uuid4()
    default.leech_threshold, default.leech_action = LEECH_THRESHOLD, "suspend"
    default.save()
    LearnerClock.objects.create(user_id=learner.id, parameters=default)
    return learner


def test_whatever_happens_every_reading_is_the_models(
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    projections.refresh()
    cache = _Cache()
    cache.install(monkeypatch)

    class Machine(ReviewMachine):
        pass

    Machine.cache = cache
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert cache.write_count > Machine.step_count / 2  # so it stood in the way
    catch_up()
    assert (list(read_model_differences()), list(schedule_differences())) == ([], [])
    assert list(fact_differences()) == []
    record_property("steps", Machine.step_count)
    with capsys.disabled():
        sys.stdout.write(f"\n{Machine.step_count} steps of the state machine\n")
