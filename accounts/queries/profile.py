"""What a learner sees and may change about themselves."""

from datetime import datetime
from typing import TypedDict, cast
from uuid import UUID

from accounts.models import User
from accounts.queries.learners import Learner


class Profile(TypedDict):
    """A learner's own page; ``rollover_hour`` is the hour (0-6) at which their day begins."""

    id: UUID
    email: str
    name: str
    native_language: str
    target_language: str
    time_zone: str
    rollover_hour: int
    joined_at: datetime


def profile(learner: Learner) -> Profile:
    """Return the learner's profile. One query."""
    row = User.objects.values(
        "email", "name", "native_language", "target_language", "time_zone", "rollover_hour",
        "joined_at", "public_id",
    ).get(pk=learner.id)  # fmt: skip
    return cast("Profile", {**row, "id": row["public_id"]})
