"""What was said of answers last."""

from collections.abc import Collection

from exams.models import Grading


def last_gradings(answer_keys: Collection[int]) -> dict[int, Grading]:
    """Return the grading that counts, by the answer's key; those not graded are left out."""
    rows = Grading.objects.filter(answer_id__in=answer_keys).order_by("pk")
    return {row.answer_id: row for row in rows}
