"""What is assigned to a group, and how the members who agreed are doing.

Read from the view of recent days, with its own age: a teacher's page need not be exact.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from accounts.queries.groups import agreeing
from review.group_models import GroupCategory
from review.queries.sums import shown
from review.read_models import SUMS, RecentDay

DAYS = 30


def assigned(group_key: int) -> list[dict[str, Any]]:
    """Return the categories assigned to a group, by name. One query."""
    is_there = Q(category__contents__archived_at=None)
    rows = GroupCategory.objects.filter(group_id=group_key).select_related("category")
    return [
        {"category": row.category.public_id, "name": row.category.name, "card_count": row.cards}
        for row in rows.annotate(cards=Count("category__contents", filter=is_there)).order_by(
            "category__name", "pk"
        )
    ]


def progress(group_key: int, *, now: datetime) -> list[dict[str, Any]]:
    """Return 30 days of each member who agreed. Two queries."""
    members = agreeing(group_key)
    since = now.date() - timedelta(days=DAYS - 1)
    rows: Any = RecentDay.objects.filter(user_id__in=members, local_day__gte=since)
    sums = rows.values("user_id").annotate(
        **{f"sum_{name}": Sum(name) for name in SUMS},
        active_days=Count("local_day", distinct=True, filter=Q(review_count__gt=0)),
    )
    by_user = {row["user_id"]: row for row in sums}
    return [_member(member, by_user.get(user_id, {})) for user_id, member in members.items()]


def _member(member: Any, row: dict[str, Any]) -> dict[str, Any]:
    found = shown({name: row.get(f"sum_{name}") or 0 for name in SUMS})
    return {
        "member": member.public_id,
        "name": member.user.name,
        "level": member.user.level,
        "review_count": found["review_count"],
        "success_rate": found["success_rate"],
        "active_days": row.get("active_days", 0),
    }
