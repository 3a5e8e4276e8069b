"""Which events follow from a fact."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.queries.learners import Learner
from config.outbox.publish import Event
from review.events import CardBecameLeech, CardLapsed, CardReset, ReviewRecorded, ReviewUndone
from review.leeches import Standing
from review.models import ReviewHistory, ReviewSchedule, Stage
from review.ratings import Rating

Kind = ReviewHistory.Kind


class Review(Protocol):
    """A review as it is stored, or will be."""

    @property
    def public_id(self) -> UUID: ...
    @property
    def rating(self) -> int | None: ...
    @property
    def reviewed_at(self) -> datetime: ...
    @property
    def local_day(self) -> date: ...
    @property
    def taken_ms(self) -> int: ...
    @property
    def stage_before(self) -> int: ...
    @property
    def due_at(self) -> datetime: ...


def fact_events(
    learner: Learner, schedule: ReviewSchedule, row: ReviewHistory, *, seq: int, now: datetime
) -> Iterator[Event]:
    """Yield what to tell of the learner's ``seq``-th fact; ``schedule`` is as it stands after it.

    An undo happens now, a review or a reset when it was given.
    """
    content_id = schedule.content.public_id
    if row.kind == Kind.UNDO:
        assert row.undoes is not None
        yield ReviewUndone(
            **_ids(learner, content_id, row.undoes.public_id, seq), **_sums(row), occurred_at=now
        )
    elif row.rating is None:
        yield CardReset(
            **_ids(learner, content_id, row.public_id, seq), occurred_at=row.reviewed_at
        )
    else:
        yield from review_events(learner, content_id, row, seq=seq, lapses=schedule.lapses)
    standing = Standing(schedule.leech_at, schedule.suspended_at)
    if standing.leech_at == now:
        yield leech_event(learner, content_id, row, standing, seq=seq, lapses=schedule.lapses)


def review_events(
    learner: Learner, content_id: UUID, review: Review, *, seq: int, lapses: int
) -> Iterator[Event]:
    """Yield what to tell of a review; ``lapses`` are the card's by now."""
    ids = _ids(learner, content_id, review.public_id, seq)
    yield ReviewRecorded(**ids, **_sums(review), occurred_at=review.reviewed_at)
    if review.stage_before == Stage.REVIEW and review.rating == Rating.AGAIN:
        yield CardLapsed(**ids, lapses=lapses, occurred_at=review.reviewed_at)


def leech_event(
    learner: Learner, content_id: UUID, review: Review, standing: Standing, *, seq: int, lapses: int
) -> Event:
    """Return what to tell of a card that this review has made a leech."""
    assert standing.leech_at is not None
    return CardBecameLeech(
        **_ids(learner, content_id, review.public_id, seq),
        lapses=lapses,
        is_suspended=standing.suspended_at == standing.leech_at,
        occurred_at=standing.leech_at,
    )


def _ids(learner: Learner, content_id: UUID, review_id: UUID, seq: int) -> dict[str, Any]:
    return {
        "learner_id": learner.public_id,
        "content_id": content_id,
        "review_id": review_id,
        "facts_seq": seq,
    }


def _sums(review: Review) -> dict[str, Any]:
    return {
        "rating": review.rating,
        "local_day": review.local_day,
        "taken_ms": review.taken_ms,
        "due_at": review.due_at,
    }
