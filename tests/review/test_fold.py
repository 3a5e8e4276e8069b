"""Folded = rebuilt = recounted, whatever commits when.

These tests commit. A transaction open anywhere on the server, in another worker's test too, holds
the watermark back: ``catch_up`` waits for it.
"""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from review import projections, stat_cache, tasks
from review.commands.reviews import undo_review
from review.models import Content, ReviewAdjustment, ReviewHistory, ReviewSchedule
from review.queries.integrity import read_model_differences, schedule_differences
from review.queries.statistics import dashboard, today_of
from review.ratings import Rating
from review.read_models import (
    CategoryTotal,
    DayCategory,
    HourClass,
    ReadModelWatermark,
    RecentDay,
    UserDay,
)
from tests import make
from tests.review.cards import card, review
from tests.review.folding import catch_up, fold_all
from tests.review.projection import verify_projection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("fold")]
NOW = timezone.now()
ROLLUPS = (DayCategory, UserDay, CategoryTotal, HourClass)


@pytest.fixture(autouse=True)
def published(db: Any, transactional_db: Any) -> None:
    """The watermark is where a new installation has it, the view is as empty as the rollups."""
    assert ReadModelWatermark.objects.get().wm == 0
    projections.refresh()


@pytest.fixture
def content(learner: Learner) -> Content:
    return card(learner, now=NOW - timedelta(days=50))


def rows(*models: Any) -> list[list[tuple[Any, ...]]]:
    """Return all rows of the read models, those that sum to nothing left out."""
    return [sorted(model.objects.exclude(review_count=0).values_list()) for model in models]


def verify(learner: Learner) -> None:
    """The exact read is right before; folded = rebuilt = recounted, and it is right after."""
    verify_projection(learner, NOW)
    catch_up()
    assert (list(read_model_differences()), list(schedule_differences())) == ([], [])
    verify_projection(learner, NOW)
    folded = rows(*ROLLUPS, RecentDay)
    projections.rebuild()
    assert rows(*ROLLUPS, RecentDay) == folded
    assert list(read_model_differences()) == []
    verify_projection(learner, NOW)


def history(learner: Learner, content: Content) -> list[Any]:
    """Answers over 45 days, all ratings."""
    return [
        review(learner, content, Rating(1 + days % 4), NOW - timedelta(days=days))
        for days in (45, 31, 30, 29, 12, 2, 1, 0)
    ]


def test_folded_is_rebuilt_is_recounted(learner: Learner, content: Content) -> None:
    history(learner, content)
    verify(learner)
    assert UserDay.objects.count() == 8
    assert RecentDay.objects.count() == 7
    review(learner, content, at=NOW)
    verify(learner)


def test_every_read_uses_the_watermark_of_what_it_reads(learner: Learner, content: Content) -> None:
    """A fold without a refresh leaves view and rollups apart; neither may borrow the other's."""
    history(learner, content)
    catch_up()
    review(learner, content, at=NOW)
    fold_all()
    assert RecentDay.objects.count() == 7
    verify_projection(learner, NOW)
    review(learner, content, at=NOW)
    projections.refresh()
    verify_projection(learner, NOW)


def test_days_pass_without_a_refresh(learner: Learner, content: Content) -> None:
    history(learner, content)
    catch_up()
    for hours in range(0, 72, 4):
        verify_projection(learner, NOW + timedelta(hours=hours))


@pytest.mark.parametrize("is_folded", [False, True])
def test_an_undo_is_folded_before_or_after_what_it_undoes(
    learner: Learner, content: Content, is_folded: bool
) -> None:
    recorded = history(learner, content)
    if is_folded:
        catch_up()
    for answer in recorded[:-4:-1]:
        undo_review(learner=learner, review_id=answer.public_id, now=NOW)
    verify(learner)
    assert sum(UserDay.objects.values_list("review_count", flat=True)) == 5


@pytest.mark.parametrize("is_folded", [False, True])
def test_adjustments_move_sums_between_categories_only(
    learner: Learner, content: Content, is_folded: bool
) -> None:
    review(learner, content, Rating.HARD, NOW)
    if is_folded:
        catch_up()
    other = make.category(content.user, "Elsewhere")
    day = ReviewHistory.objects.get().local_day
    for category, sign in ((content.category, -1), (other, 1)):
        ReviewAdjustment.objects.create(
            user_id=learner.id, content=content, category=category, local_day=day,
            review_count=sign, again_count=0, hard_count=sign, good_count=0, easy_count=0,
            taken_ms=sign * 1500,
        )  # fmt: skip
    verify(learner)
    ((total,),) = rows(CategoryTotal)
    assert total[1:3] == (0, 1) or other.pk in total
    assert UserDay.objects.get().review_count == 1


@contextmanager
def open_elsewhere(learner: Learner, content: Content) -> Iterator[threading.Event]:
    """Another connection has written a fact and commits it only when told to, or at the end."""
    written, commit = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                review(learner, content, Rating.GOOD, NOW)
                written.set()
                assert commit.wait(60)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(write)
        assert written.wait(20)
        try:
            yield commit
        finally:
            commit.set()
            done.result()


def max_id_sum(state: dict[str, int]) -> None:
    """The naive fold: everything above the greatest id seen, which is then the watermark."""
    news = ReviewHistory.objects.filter(id__gt=state["id"]).values_list("id", flat=True)
    for pk in news:
        state["count"] += 1
        state["id"] = max(state["id"], pk)


def test_a_fact_that_commits_late_is_not_lost(
    learner: Learner, content: Content, bob: User
) -> None:
    late, naive = learner_of(bob), {"id": 0, "count": 0}
    with open_elsewhere(late, card(late, now=NOW)) as commit:
        review(learner, content, at=NOW)  # a younger transaction, which ends first
        tasks.fold()
        tasks.refresh()
        max_id_sum(naive)
        assert dashboard(late, now=NOW)["reviewed_today"]["review_count"] == 0
        verify_projection(learner, NOW)
        commit.set()
    max_id_sum(naive)
    assert naive["count"] == 1, "the scenario must be one in which max(id) loses a fact"
    assert dashboard(late, now=NOW)["reviewed_today"]["review_count"] == 1
    verify(learner)
    verify(late)


def test_a_rolled_back_fact_never_counts(learner: Learner, content: Content) -> None:
    with transaction.atomic():
        review(learner, content, at=NOW)
        transaction.set_rollback(True)
    review(learner, content, at=NOW)
    verify(learner)


def test_two_folds_at_once_count_once(learner: Learner, content: Content) -> None:
    history(learner, content)

    def fold(_: int) -> None:
        try:
            projections.fold()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fold, range(8)))
    verify(learner)


def test_a_fold_waits_in_a_statement_of_its_own(learner: Learner, content: Content) -> None:
    """What the fold before it took is in the snapshot of the one that waited for it."""
    history(learner, content)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            projections.fold()
            waiting = pool.submit(_fold_elsewhere)
            _wait_until_one_waits()
        waiting.result()
    verify(learner)


def _fold_elsewhere() -> None:
    try:
        projections.fold()
    finally:
        connections.close_all()


def _wait_until_one_waits() -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype='advisory' AND NOT granted"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("nobody waits for the fold's lock")


def test_a_rebuild_lets_no_answer_slip(learner: Learner, content: Content) -> None:
    other = card(learner, "pear", now=NOW)
    with ThreadPoolExecutor(1) as pool, open_elsewhere(learner, content) as commit:
        rebuilding = pool.submit(_rebuild_elsewhere)
        time.sleep(0.2)
        assert not rebuilding.done()  # it waits for the writer
        commit.set()
        rebuilding.result()
    review(learner, other, at=NOW)
    verify(learner)


def _rebuild_elsewhere() -> None:
    try:
        projections.rebuild()
    finally:
        connections.close_all()


def test_a_missing_watermark_is_an_error_and_reads_stay_exact(
    learner: Learner, content: Content
) -> None:
    history(learner, content)
    catch_up()
    ReadModelWatermark.objects.all().delete()
    for action in (projections.fold, projections.health):
        with pytest.raises(projections.WatermarkMissing):
            action()
    projections.refresh()
    verify_projection(learner, NOW)
    call_command("rebuild_read_models", stdout=StringIO())
    verify(learner)


def test_a_restored_cluster_is_refused_until_it_is_rebuilt(
    learner: Learner, content: Content
) -> None:
    """There transaction ids start anew: the watermark lies in the future, like every fact's id."""
    history(learner, content)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE review_reviewhistory DISABLE TRIGGER USER")
        cursor.execute("UPDATE review_reviewhistory SET xid = '900000000000'")
        cursor.execute("ALTER TABLE review_reviewhistory ENABLE TRIGGER USER")
    ReadModelWatermark.objects.update(wm=900_000_000_001)
    for action in (projections.fold, projections.health):
        with pytest.raises(projections.RebuildNeeded):
            action()
    call_command("rebuild_read_models", stdout=StringIO())
    verify_projection(learner, NOW)
    review(learner, content, at=NOW)
    verify(learner)


def test_age_tells_the_tail_and_an_old_fold_is_not_healthy(
    learner: Learner, content: Content
) -> None:
    projections.fold()
    review(learner, content, at=NOW)
    assert projections.age().tail_count == 1
    assert "1 facts not folded yet" in projections.health()
    old = timezone.now() - projections.STALE - timedelta(seconds=1)
    ReadModelWatermark.objects.update(folded_at=old)
    with pytest.raises(projections.ReadModelsStale):
        projections.health()


def test_old_days_leave_the_rollup_of_days(learner: Learner, content: Content) -> None:
    review(learner, content, at=NOW)
    catch_up()
    row = DayCategory.objects.get()
    DayCategory.objects.create(
        user_id=row.user_id, category_id=row.category_id,
        local_day=NOW.date() - timedelta(days=projections.DAYS_KEPT + 2), review_count=1,
        again_count=0, hard_count=0, good_count=1, easy_count=0, taken_ms=1,
    )  # fmt: skip
    projections.fold()
    assert DayCategory.objects.get() == row


@pytest.mark.parametrize("damage", ["rollup", "view", "schedule"])
def test_integrity_names_what_is_damaged(learner: Learner, content: Content, damage: str) -> None:
    review(learner, content, at=NOW)
    catch_up()
    said = StringIO()
    call_command("check_integrity", stdout=said)
    assert "Every read model is a recount" in said.getvalue()
    if damage == "rollup":
        HourClass.objects.update(taken_ms=7)
    elif damage == "view":
        DayCategory.objects.update(easy_count=3)
        projections.refresh()
    else:
        ReviewSchedule.objects.update(lapses=5)
    with pytest.raises(CommandError, match="differences"):
        call_command("check_integrity", stdout=said)
    named = {"rollup": "review_hourclass", "view": "review_recent_day", "schedule": "card "}
    assert named[damage] in said.getvalue()


def test_the_view_shows_no_sentinel(learner: Learner, content: Content) -> None:
    review(learner, content, at=NOW)
    catch_up()
    assert RecentDay.objects.get().user_id == learner.id


@pytest.mark.parametrize("seed", range(4))
def test_days_in_a_row_are_exact_with_any_part_of_them_folded(
    learner: Learner, content: Content, seed: int
) -> None:
    """Days are filled, emptied and bridged before and after folds; the run is always a recount."""
    source = random.Random(seed)
    done: list[Any] = []
    for _ in range(25):
        if done and source.random() < 0.35:
            answer = done.pop(source.randrange(len(done)))
            undo_review(learner=learner, review_id=answer.public_id, now=NOW)
        else:
            at = NOW - timedelta(days=source.choice([0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12]))
            done.append(review(learner, content, Rating.GOOD, at))
        for days in (0, 1, 2):
            verify_projection(learner, NOW + timedelta(days=days))
        if source.random() < 0.3:
            fold_all()
    catch_up()
    assert list(read_model_differences()) == []
    UserDay.objects.filter(review_count__gt=0).update(run_days=F("run_days") + 1)
    assert "run" in "".join(read_model_differences())


def test_active_learners_figures_are_computed_before_they_ask(
    learner: Learner, content: Content
) -> None:
    review(learner, content, at=NOW)
    catch_up()
    tasks.warm()
    day = today_of(learner, timezone.now()).day
    found = stat_cache.read(learner.id, seq=1, day=day)
    assert found is not None
    assert found.month["review_count"] == 1
    verify_projection(learner, NOW)
