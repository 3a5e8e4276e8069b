"""What has happened to a learner's cards, as others are told. Standard library only.

``facts_seq`` counts the learner's facts: by it a reader finds gaps, repeats and reorder. Ids are
public ones. A changed shape is a new ``version``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecorded:
    """A learner answered a card: 1 again, 2 hard, 3 good, 4 easy."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    review_id: UUID
    facts_seq: int
    rating: int
    local_day: date
    taken_ms: int
    due_at: datetime
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewUndone:
    """A learner took a review or a reset back: nothing it led to counts any more."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    review_id: UUID
    facts_seq: int
    rating: int | None
    local_day: date
    taken_ms: int
    due_at: datetime
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReset:
    """A learner made a card new again; its reviews still count."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    review_id: UUID
    facts_seq: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLapsed:
    """A card in review was forgotten."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    review_id: UUID
    facts_seq: int
    lapses: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBecameLeech:
    """A card has been forgotten as often as the learner's threshold says."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    review_id: UUID
    facts_seq: int
    lapses: int
    is_suspended: bool
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentAdded:
    """A learner stored a card, or a draft of one."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    category_id: UUID
    is_draft: bool
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentMoved:
    """A content went into another category, its past reviews with it."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    category_id: UUID
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentArchived:
    """A content was taken out of reviews; its history still counts."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRestored:
    """An archived content came back, with the schedule it had."""

    version: ClassVar[int] = 1
    learner_id: UUID
    content_id: UUID
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryImported:
    """Cards came from elsewhere, many at once, some with the reviews they had there."""

    version: ClassVar[int] = 1
    learner_id: UUID
    import_id: UUID
    facts_seq: int
    new_card_count: int
    review_count: int
    occurred_at: datetime
