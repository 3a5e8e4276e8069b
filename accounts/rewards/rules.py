"""What is rewarded, and how a character grows with it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isqrt

FREEZE_EVERY, FREEZES_MAX = 7, 2  # days in a row that earn one; how many can be kept
XP_BY_RATING: Mapping[int, int] = {1: 5, 2: 10, 3: 10, 4: 10}
LEVEL_XP = 50
STAGES = ((1, "seed"), (5, "sprout"), (10, "sapling"), (20, "tree"), (40, "forest"))


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row; a day that is missed takes a freeze instead of the streak."""

    days: int = 0
    freezes: int = 0
    best: int = 0


@dataclass(frozen=True, slots=True)
class Mission:
    """Something to do in a day or a week: ``wanted`` reviews, or days with one; None: the goal."""

    code: str
    is_weekly: bool
    counts_days: bool
    wanted: int | None
    xp: int

    def key(self, day: date) -> str:
        """Return the ledger's key of this mission in the period that a day is in."""
        return f"mission:{self.code}:{monday(day) if self.is_weekly else day}"


MISSIONS = (
    Mission("daily_goal", is_weekly=False, counts_days=False, wanted=None, xp=30),
    Mission("daily_ten", is_weekly=False, counts_days=False, wanted=10, xp=10),
    Mission("weekly_five_days", is_weekly=True, counts_days=True, wanted=5, xp=100),
    Mission("weekly_hundred", is_weekly=True, counts_days=False, wanted=100, xp=60),
)
REVIEW_ACHIEVEMENTS = {1: 10, 100: 50, 1_000: 200, 10_000: 1_000}  # reviews: XP
STREAK_ACHIEVEMENTS = {7: 50, 30: 200, 100: 500, 365: 2_000}  # days: XP
LEVEL_XP_BONUS = 100


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def streak(days: Iterable[date], today: date) -> Streak:
    """Return the streak as of ``today``, which is not missed before it is over.

    ``days`` are those with a review, each once, in their order.
    """
    run = freezes = best = 0
    last: date | None = None
    for day in days:
        missed = (day - last).days - 1 if last else 0
        is_kept = missed <= freezes
        run, freezes = (run + 1, freezes - missed) if is_kept else (1, 0)
        if run % FREEZE_EVERY == 0:
            freezes = min(FREEZES_MAX, freezes + 1)
        best, last = max(best, run), day
    missed = max(0, (today - last).days - 1) if last else 0
    if missed > freezes:
        return Streak(0, 0, best)
    return Streak(run, freezes - missed, best)


def level_of(xp: int) -> int:
    """Return the character's level: the n-th takes n-1 times LEVEL_XP more than the one before."""
    return (1 + isqrt(1 + 8 * (max(xp, 0) // LEVEL_XP))) // 2


def xp_of_level(level: int) -> int:
    """Return the XP at which a level begins."""
    return LEVEL_XP * level * (level - 1) // 2


def stage_of(level: int) -> str:
    """Return what the character looks like at a level."""
    return next(name for first, name in reversed(STAGES) if level >= first)
