"""Rewards follow reviews: each once, whatever order or repeats events come in."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Payout, RewardBalance, RewardDay, RewardEntry, User
from accounts.queries.learners import learner_of
from accounts.rewards import ledger, payouts, rules
from accounts.rewards.ledger import active_days
from config.jobs import dispatch
from config.jobs.models import Job
from config.outbox.publish import envelope
from config.outbox.subscribe import subscriptions
from config.settings import variables
from review.commands.reviews import undo_review
from review.events import ReviewRecorded, ReviewUndone
from review.models import ReviewHistory, SchedulingParameters
from tests import make
from tests.client import ApiClient
from tests.review.cards import card, review

pytestmark = pytest.mark.django_db
SEEDS, HISTORIES = (20, 500) if variables.text("PROOF") else (1, 15)
DAYS = 16
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_RECOUNT = """
SELECT local_day FROM review_reviewhistory WHERE user_id = %s
GROUP BY 1 HAVING sum(sign) > 0 ORDER BY 1
"""


def _tell(*events: Any) -> None:
    """Hand events to the rewards' handlers, as the relay does."""
    for event in events:
        sent = orjson.loads(orjson.dumps(envelope(event)))
        for handler in ("reward_review", "take_reward_back"):
            subscription = subscriptions()[f"accounts.handlers.{handler}"]
            if sent["type"] in subscription.kinds:
                subscription.handle(sent)


def _history(user: User, random: Random) -> list[Any]:
    """Store reviews of some random days, some undone; return their events."""
    content = make.content(user)
    parameters = SchedulingParameters.objects.get(user=None)
    events: list[Any] = []
    missed = random.choice([0, 0.1, 0.3])
    for offset in range(DAYS):
        for _ in range(0 if random.random() < missed else random.choice([1, 1, 1, 2])):
            at = NOON + timedelta(days=offset)
            fact = ReviewHistory(
                user=user, content=content, category=content.category, rating=3, reviewed_at=at,
                local_day=at.date(), local_hour=12, stage_before=0, parameters=parameters,
                due_at=at,
            )  # fmt: skip
            fact.save()
            common: dict[str, Any] = {
                "learner_id": user.public_id, "content_id": content.public_id, "taken_ms": 1,
                "review_id": fact.public_id, "facts_seq": 1, "rating": 3, "due_at": at,
                "local_day": at.date(), "occurred_at": at,
            }  # fmt: skip
            events.append(ReviewRecorded(**common))
            if random.random() < missed:
                undo = {f.attname: getattr(fact, f.attname) for f in fact._meta.concrete_fields}
                del undo["id"], undo["xid"]
                more = {"public_id": uuid4(), "kind": "undo", "sign": -1, "undoes_id": fact.pk}
                ReviewHistory.objects.create(**undo | more)
                events.append(ReviewUndone(**common))
    return events


def _simulated(days: set[date], today: date) -> int:
    """The streak as one would live it: day by day."""
    run = freezes = 0
    day = min(days, default=today)
    while day <= today:
        if day in days:
            run += 1
            freezes = min(2, freezes + (run % 7 == 0))
        elif day < today and run:
            run, freezes = (run, freezes - 1) if freezes else (0, 0)
        day += timedelta(days=1)
    return run


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_streak_of_the_ledger_is_that_of_the_history(seed: int) -> None:
    random = Random(seed)
    lengths: Counter[int] = Counter()
    for number in range(HISTORIES):
        with transaction.atomic():
            user = make.user(f"{number}@example.com")
            events = _history(user, random)
            told = events + random.choices(events, k=len(events) // 3) if events else []
            random.shuffle(told)
            _tell(*told)
            with connection.cursor() as cursor:
                cursor.execute(_RECOUNT, [user.pk])
                days = [day for (day,) in cursor.fetchall()]
            today = NOON.date() + timedelta(days=DAYS - 1 + random.randrange(3))
            found = rules.streak(active_days(user.pk), today).days
            assert found == rules.streak(days, today).days == _simulated(set(days), today), number
            lengths[found] += 1
            transaction.set_rollback(True)
    assert len(lengths) > 3


def test_a_freeze_stands_in_for_a_missed_day() -> None:
    week = [NOON.date() + timedelta(days=number) for number in range(7)]
    assert rules.streak(week, week[-1]) == rules.Streak(7, 1, 7)
    later = week[-1] + timedelta(days=2)
    assert rules.streak(week, later) == rules.Streak(7, 0, 7)
    assert rules.streak([*week, later], later) == rules.Streak(8, 0, 8)
    assert rules.streak(week, later + timedelta(days=1)) == rules.Streak(0, 0, 7)


def test_levels_begin_where_they_say() -> None:
    for level in range(1, 60):
        begins = rules.xp_of_level(level)
        assert rules.level_of(begins) == level
        assert rules.level_of(begins - 1) == max(1, level - 1)
    assert [rules.stage_of(level) for level in (1, 4, 5, 39, 99)] == [
        "seed", "seed", "sprout", "tree", "forest",
    ]  # fmt: skip


def test_a_review_earns_xp_a_mission_and_a_character(api: ApiClient, alice: User) -> None:
    api.patch("/me/", {"daily_goal": 2})
    now, learner = timezone.now(), learner_of(alice)
    facts = [review(learner, card(learner, word, now), at=now) for word in ("a", "b")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT events FROM outbox_outboxentry ORDER BY id")
        sent = [event for (events,) in cursor.fetchall() for event in events]
    subscription = subscriptions()["accounts.handlers.reward_review"]
    for event in [*sent, *sent]:
        if event["type"] in subscription.kinds:
            subscription.handle(event)
    shown = api.get("/me/rewards/").json()
    goal = next(each for each in shown["missions"] if each["code"] == "daily_goal")
    assert (goal["is_complete"], goal["done"], goal["wanted"]) == (True, 2, 2)
    assert [each["code"] for each in shown["achievements"]] == ["reviews_1"]
    assert (shown["xp"], shown["streak"]["days"]) == (20 + 30 + 10, 1)
    assert shown["character"]["stage"] == "seed"
    undo_review(learner=learner, review_id=facts[0].public_id, now=now)
    _tell(
        ReviewUndone(
            learner_id=alice.public_id, content_id=uuid4(), review_id=facts[0].public_id,
            facts_seq=3, rating=3, local_day=RewardDay.objects.get().local_day, taken_ms=1,
            due_at=now, occurred_at=now,
        )
    )  # fmt: skip
    assert api.get("/me/rewards/").json()["xp"] == 50
    assert len(api.get("/me/rewards/ledger/").json()["results"]) == 5


def test_the_sums_are_those_of_the_ledger(alice: User) -> None:
    entry = ledger.Entry(alice.pk, "payout:x", "payout", 7, 0, None, NOON)
    assert (ledger.credit([entry]), ledger.credit([entry]), ledger.credit([])) == (1, 0, 0)
    assert RewardBalance.objects.get(user=alice).xp == 7
    with pytest.raises(DatabaseError), transaction.atomic():
        RewardEntry.objects.filter(user=alice).update(xp=700)
    with pytest.raises(DatabaseError), transaction.atomic():
        RewardEntry.objects.filter(user=alice).delete()


class Killed(BaseException):
    """As when a worker dies: nothing of ours handles it."""


def test_a_payout_pays_each_once_whoever_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payouts, "CHUNK", 3)
    monkeypatch.setattr(dispatch, "dispatch", lambda *_, **__: True)  # no queue is needed here
    learners = [make.user(f"{number}@example.com") for number in range(10)]
    make.user("gone@example.com", is_active=False)
    call_command("pay_out", "a feast", "25", verbosity=0)
    payout = Payout.objects.get()
    job = Job.objects.get()
    credits_done = iter(range(100))

    def dies(entries: Any) -> int:
        written = ledger.credit(entries)
        if next(credits_done) in {1, 3}:  # before the commit of its chunk
            raise Killed
        return written

    monkeypatch.setattr(payouts, "credit", dies)
    for _ in range(2):
        with pytest.raises(Killed):
            payouts.pay_out(job_id=job.public_id, payout_id=payout.public_id, clock=timezone.now)
        payouts.pay_out(job_id=job.public_id, payout_id=payout.public_id, clock=timezone.now)
        dispatch.reconcile(now=timezone.now() + timedelta(seconds=dispatch.SILENT_SECONDS + 1))
    payouts.pay_out(job_id=job.public_id, payout_id=payout.public_id, clock=timezone.now)
    job.refresh_from_db()
    assert (job.state, job.percent, job.result) == (Job.State.SUCCEEDED, 100, {"learners": 10})
    paid = RewardEntry.objects.values_list("user_id", "xp")
    assert sorted(paid) == [(user.pk, 25) for user in learners]
    assert set(RewardBalance.objects.values_list("xp", flat=True)) == {25}
