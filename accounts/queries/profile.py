"""What a learner sees and may change about themselves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

from accounts.models import User
from accounts.queries.learners import Learner, learner_of


class Profile(TypedDict):
    """A learner's own page; ``rollover_hour`` is the hour (0-6) at which their day begins.

    ``daily_goal`` counts reviews; ``reminder_hour`` is 0-23 on the learner's clock, or None.
    ``level`` is A1-C2 as the last level test found it, empty before the first.
    """

    id: UUID
    email: str
    name: str
    native_language: str
    target_language: str
    time_zone: str
    rollover_hour: int
    daily_goal: int
    reminder_hour: int | None
    desired_retention: float | None
    level: str
    level_measured_at: datetime | None
    joined_at: datetime


class Part(NamedTuple):
    """A field of the profile that another app keeps."""

    read: Callable[[Learner], Any]
    write: Callable[[Learner, Any], None]


_parts: dict[str, Part] = {}


def register_part(name: str, part: Part) -> None:
    """Show another app's field in the profile; for that app's ``AppConfig.ready``."""
    _parts[name] = part


def part(name: str) -> Part:
    """Return who keeps a field; KeyError when nobody does."""
    return _parts[name]


def profile(learner: Learner) -> Profile:
    """Return the learner's profile. Two queries."""
    return profile_of(User.objects.get(pk=learner.id))


def profile_of(user: User) -> Profile:
    """Return the profile of a stored account. One query."""
    return {
        "id": user.public_id,
        "email": user.email,
        "name": user.name,
        "native_language": user.native_language,
        "target_language": user.target_language,
        "time_zone": user.time_zone,
        "rollover_hour": user.rollover_hour,
        "daily_goal": user.daily_goal,
        "reminder_hour": user.reminder_hour,
        "desired_retention": part("desired_retention").read(learner_of(user)),
        "level": user.level,
        "level_measured_at": user.level_measured_at,
        "joined_at": user.joined_at,
    }


def daily_goal(learner: Learner) -> int:
    """Return how many reviews the learner wants to do a day. One query."""
    return User.objects.values_list("daily_goal", flat=True).get(pk=learner.id)
