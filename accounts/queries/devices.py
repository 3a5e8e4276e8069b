"""Where a learner is logged in."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from accounts.access import devices_of
from accounts.queries.learners import Learner


class DeviceShown(TypedDict):
    """One log-in; ``is_current`` marks the one that asks."""

    id: UUID
    user_agent: str
    ip: str | None
    created_at: datetime
    last_used_at: datetime
    is_current: bool


def devices(learner: Learner, *, claims: Mapping[str, str], since: datetime) -> list[DeviceShown]:
    """Return the learner's devices used since then, the last used first. One query.

    ``claims`` are the asking token's.
    """
    rows = devices_of(learner.id).filter(last_used_at__gte=since).order_by("-last_used_at", "-pk")
    return [
        {
            "id": row.public_id,
            "user_agent": row.user_agent,
            "ip": row.ip,
            "created_at": row.created_at,
            "last_used_at": row.last_used_at,
            "is_current": str(row.public_id) == claims["fam"],
        }
        for row in rows
    ]
