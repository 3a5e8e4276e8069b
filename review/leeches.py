"""A leech: a card forgotten so often that its wording, not one more review, is the remedy. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class LeechAction(StrEnum):
    """What happens to a card that becomes a leech."""

    MARK = "mark"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True)
class LeechRule:
    """From how many lapses on a card is a leech (0: never), and what then."""

    threshold: int
    action: LeechAction


class Standing(NamedTuple):
    """Since when a card is a leech, and since when it is out of reviews."""

    leech_at: datetime | None
    suspended_at: datetime | None


def standing(before: Standing, lapses: int, rule: LeechRule, now: datetime) -> Standing:
    """Return the standing with ``lapses``: also backwards, as an undo needs it.

    A card that was suspended as a leech wakes when it is none any more; one that the learner
    suspended does not.
    """
    is_leech = 0 < rule.threshold <= lapses
    if is_leech and before.leech_at is None:
        suspends = rule.action is LeechAction.SUSPEND and before.suspended_at is None
        return Standing(now, now if suspends else before.suspended_at)
    if before.leech_at is not None and not is_leech:
        woken = before.suspended_at == before.leech_at
        return Standing(None, None if woken else before.suspended_at)
    return before
