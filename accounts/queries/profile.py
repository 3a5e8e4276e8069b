"""What a learner sees and may change about themselves."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from accounts.models import User
from accounts.queries.learners import Learner


class Profile(TypedDict):
    """A learner's own page; ``rollover_hour`` is the hour (0-6) at which their day begins.

    ``level`` is A1-C2 as the last level test found it, empty before the first.
    """

    id: UUID
    email: str
    name: str
    native_language: str
    target_language: str
    time_zone: str
    rollover_hour: int
    level: str
    level_measured_at: datetime | None
    joined_at: datetime


def profile(learner: Learner) -> Profile:
    """Return the learner's profile. One query."""
    return profile_of(User.objects.get(pk=learner.id))


def profile_of(user: User) -> Profile:
    """Return the profile of a stored account."""
    return {
        "id": user.public_id,
        "email": user.email,
        "name": user.name,
        "native_language": user.native_language,
        "target_language": user.target_language,
        "time_zone": user.time_zone,
        "rollover_hour": user.rollover_hour,
        "level": user.level,
        "level_measured_at": user.level_measured_at,
        "joined_at": user.joined_at,
    }
