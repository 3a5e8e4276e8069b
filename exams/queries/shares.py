"""Exams shared with a group, and what the members who agreed have scored."""

from typing import Any
from uuid import UUID

from accounts.queries.groups import agreeing
from exams.models import Attempt, ExamShare


def shared_exams(group_key: int) -> list[dict[str, Any]]:
    """Return the exams shared with a group, newest first. One query."""
    rows = ExamShare.objects.filter(group_id=group_key).select_related("exam").order_by("-pk")
    return [
        {
            "exam": row.exam.public_id,
            "size": row.exam.size,
            "minutes": row.exam.minutes,
            "shared_at": row.shared_at,
        }
        for row in rows
    ]


def results(group_key: int, exam_id: UUID) -> list[dict[str, Any]]:
    """Return each finished attempt at copies of an exam, of members who agreed. Two queries."""
    members = agreeing(group_key)
    rows = Attempt.objects.filter(
        user_id__in=members, exam__shared_from__public_id=exam_id, state=Attempt.State.FINISHED
    )
    return [
        {
            "member": members[row.user_id].public_id,
            "name": members[row.user_id].user.name,
            "points": row.points,
            "question_count": row.question_count,
            "ended_at": row.ended_at,
        }
        for row in rows.order_by("ended_at", "pk")
    ]
