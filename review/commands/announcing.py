"""Which events follow from a fact."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.queries.learners import Learner
from config.outbox.publish import Event
from review.events import CardBecameLeech, CardLapsed, CardReset, ReviewRecorded, ReviewUndone
from review.models import ReviewHistory, ReviewSchedule, Stage
from review.ratings import Rating

Kind = ReviewHistory.Kind


def events_of(
    learner: Learner,
    schedule: ReviewSchedule,
    row: ReviewHistory,
    *,
    seq: int,
    now: datetime,
    is_last: bool = True,
) -> Iterator[Event]:
    """Yield what to tell of the learner's ``seq``-th fact; ``schedule`` is as it stands after it.

    An undo happens now, a review or a reset when it was given. Of several facts of a card the last
    tells what became of it.
    """
    reviewed = row.undoes if row.undoes_id and row.undoes else row
    ids: dict[str, Any] = {
        "learner_id": learner.public_id,
        "content_id": schedule.content.public_id,
        "review_id": reviewed.public_id,
        "facts_seq": seq,
    }
    at = now if row.kind == Kind.UNDO else row.reviewed_at
    sums: dict[str, Any] = {
        "local_day": row.local_day,
        "taken_ms": row.taken_ms,
        "due_at": schedule.due_at,
    }
    if row.kind == Kind.UNDO:
        yield ReviewUndone(**ids, **sums, rating=row.rating, occurred_at=at)
    elif row.rating is None:
        yield CardReset(**ids, occurred_at=at)
    else:
        yield ReviewRecorded(**ids, **sums, rating=row.rating, occurred_at=at)
        if row.stage_before == Stage.REVIEW and row.rating == Rating.AGAIN:
            yield CardLapsed(**ids, lapses=schedule.lapses, occurred_at=at)
    if is_last and schedule.leech_at == now:
        aside = schedule.suspended_at == now
        yield CardBecameLeech(**ids, lapses=schedule.lapses, is_suspended=aside, occurred_at=now)
