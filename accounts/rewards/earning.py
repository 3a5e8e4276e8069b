"""What an event earns: the review itself, and missions and achievements that it completes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from accounts.models import RewardBalance, RewardDay, User
from accounts.rewards import rules
from accounts.rewards.ledger import Entry, Kind, active_days, credit


def reward_review(
    *, learner_id: UUID, review_id: UUID, rating: int, local_day: date, occurred_at: datetime
) -> None:
    """Reward a review, once, and what it completes; nothing for who is gone."""
    user = _user(learner_id)
    if user is None:
        return
    xp = rules.XP_BY_RATING[rating]
    entry = Entry(user.pk, f"review:{review_id}", Kind.REVIEW, xp, 1, local_day, occurred_at)
    if credit([entry]):
        credit(list(_completed(user, local_day, occurred_at)))


def take_back(
    *, learner_id: UUID, review_id: UUID, rating: int, local_day: date, occurred_at: datetime
) -> None:
    """Take an undone review's reward back, once; what it completed stays."""
    user = _user(learner_id)
    if user is not None:
        xp, key = -rules.XP_BY_RATING[rating], f"undo:{review_id}"
        credit([Entry(user.pk, key, Kind.UNDO, xp, -1, local_day, occurred_at)])


def reward_level(*, learner_id: UUID, level: str, occurred_at: datetime) -> None:
    """Reward that a level was measured, each level once."""
    user = _user(learner_id)
    if user is not None:
        key = f"achievement:level_{level}"
        xp = rules.LEVEL_XP_BONUS
        credit([Entry(user.pk, key, Kind.ACHIEVEMENT, xp, 0, None, occurred_at)])


def progress(user: User, day: date) -> Iterator[tuple[rules.Mission, int, int]]:
    """Yield each mission with how far it is and what it takes. One query."""
    monday = rules.monday(day)
    week = RewardDay.objects.filter(
        user_id=user.pk, review_count__gt=0, local_day__range=(monday, monday + timedelta(days=6))
    )
    by_day = dict(week.values_list("local_day", "review_count"))
    for mission in rules.MISSIONS:
        reviews = sum(by_day.values()) if mission.is_weekly else by_day.get(day, 0)
        done = len(by_day) if mission.counts_days else reviews
        yield mission, done, mission.wanted or user.daily_goal


def _completed(user: User, day: date, at: datetime) -> Iterator[Entry]:
    for mission, done, wanted in progress(user, day):
        if done >= wanted:
            yield Entry(user.pk, mission.key(day), Kind.MISSION, mission.xp, 0, day, at)
    count = RewardBalance.objects.values_list("review_count", flat=True).get(pk=user.pk)
    for reviews, xp in rules.REVIEW_ACHIEVEMENTS.items():
        if count == reviews:
            yield _achievement(user, f"reviews_{reviews}", xp, at)
    first = RewardDay.objects.filter(user_id=user.pk, local_day=day, review_count=1)
    if first.exists():
        reached = rules.streak(active_days(user.pk), day).days
        for days, xp in rules.STREAK_ACHIEVEMENTS.items():
            if reached >= days:
                yield _achievement(user, f"streak_{days}", xp, at)


def _achievement(user: User, code: str, xp: int, at: datetime) -> Entry:
    return Entry(user.pk, f"achievement:{code}", Kind.ACHIEVEMENT, xp, 0, None, at)


def _user(public_id: UUID) -> User | None:
    return User.objects.filter(public_id=public_id).first()
