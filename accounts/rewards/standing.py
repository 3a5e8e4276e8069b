"""Where a learner stands: XP, character, streak, missions, achievements."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import RewardBalance, RewardEntry, User
from accounts.queries.learners import Learner
from accounts.rewards import rules
from accounts.rewards.earning import progress
from accounts.rewards.ledger import Kind, active_days


def standing(learner: Learner, *, now: datetime) -> dict[str, Any]:
    """Return what the learner has earned, and what is to be earned today. Five queries."""
    user = User.objects.get(pk=learner.id)
    local = now.astimezone(ZoneInfo(learner.time_zone)) - timedelta(hours=learner.rollover_hour)
    today = local.date()
    xp = RewardBalance.objects.filter(pk=user.pk).values_list("xp", flat=True).first() or 0
    level, streak = rules.level_of(xp), rules.streak(active_days(user.pk), today)
    earned = RewardEntry.objects.filter(user_id=user.pk, kind=Kind.ACHIEVEMENT).order_by("id")
    return {
        "xp": xp,
        "character": {
            "stage": rules.stage_of(level),
            "level": level,
            "level_begins_at_xp": rules.xp_of_level(level),
            "next_level_at_xp": rules.xp_of_level(level + 1),
        },
        "streak": {"days": streak.days, "freezes": streak.freezes, "best": streak.best},
        "missions": [
            {
                "code": mission.code,
                "period": "week" if mission.is_weekly else "day",
                "done": min(done, wanted),
                "wanted": wanted,
                "xp": mission.xp,
                "is_complete": done >= wanted,
            }
            for mission, done, wanted in progress(user, today)
        ],
        "achievements": [
            {"code": key.partition(":")[2], "xp": each, "earned_at": at}
            for key, each, at in earned.values_list("key", "xp", "occurred_at")
        ],
    }
