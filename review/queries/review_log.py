"""The learner's facts, as they were written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.queries.learners import Learner
from review.models import ReviewHistory
from review.queries.contents import stage_name

_COLUMNS = {
    "id": "public_id",
    "kind": "kind",
    "undoes": "undoes__public_id",
    "content": "content__public_id",
    "category": "content__category__public_id",
    "rating": "rating",
    "reviewed_at": "reviewed_at",
    "local_day": "local_day",
    "local_hour": "local_hour",
    "taken_ms": "taken_ms",
    "stage_before": "stage_before",
    "interval_before_days": "interval_before_days",
    "due_at": "due_at",
    "recorded_at": "recorded_at",
}
_CHUNK = 2000


def review_log(learner: Learner, *, since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Yield every fact recorded ``since``, in the order in which they were recorded.

    An undo is a fact of its own that names what it ``undoes``; ``category`` is the card's today.
    Memory does not grow with the history.
    """
    rows = ReviewHistory.objects.filter(user_id=learner.id).order_by("id")
    if since is not None:
        rows = rows.filter(recorded_at__gte=since)
    for values in rows.values_list(*_COLUMNS.values()).iterator(chunk_size=_CHUNK):
        row = dict(zip(_COLUMNS, values, strict=True))
        yield {**row, "stage_before": stage_name(row["stage_before"])}
