"""What the commands that write facts share: the answer, its faults, how a fact is appended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from accounts.queries.learners import Learner
from config.errors import Conflict, Invalid
from config.outbox.publish import publish
from review import stat_cache
from review.access import content_of, locked_schedules
from review.commands.announcing import fact_events
from review.commands.clock import TICK
from review.commands.contents import ContentIsArchived
from review.days import local_moment
from review.leeches import Standing, standing
from review.models import ReviewHistory, ReviewSchedule
from review.parameters import leech_rule, parameters
from review.ratings import Rating
from review.replay import Fact
from review.scheduling import MemoryState, preview
from review.states import STATE_FIELDS

TAKEN = "You have recorded another answer under this id."
CLOCK_SKEW = timedelta(minutes=5)
SAVED_FIELDS = (*STATE_FIELDS, "leech_at", "suspended_at")
_FACT = (
    "public_id", "user_id", "content_id", "category_id", "kind", "sign", "undoes_id", "rating",
    "reviewed_at", "local_day", "local_hour", "taken_ms", "stage_before", "interval_before_days",
    "parameters_id", "due_at",
)  # fmt: skip
# By hand, as access.py locks: Django's compiler would cost more than all else. One statement, for
# each costs a journey; the learner's clock comes last, since it waits for the fact it selects from.
_WRITE = f"""
WITH saved AS (
    UPDATE review_reviewschedule SET {", ".join(f"{name} = %s" for name in SAVED_FIELDS)}
    WHERE content_id = %s
), appended AS (
    INSERT INTO review_reviewhistory ({", ".join(_FACT)}, recorded_at)
    VALUES ({", ".join(["%s"] * len(_FACT))}, clock_timestamp())
    RETURNING user_id
)
{TICK.format(counted="SELECT user_id, 1 FROM appended")}
"""  # noqa: S608  column names of ours


class DraftNotReviewable(Conflict):
    """A draft has no answer to recall."""

    code = "draft_not_reviewable"


class CardSuspended(Conflict):
    """The learner has taken this card out of reviews."""

    code = "card_suspended"


class ReviewedInFuture(Invalid):
    """The device's clock is ahead of ours."""

    code = "reviewed_in_future"


class ReviewedBeforeAdded(Invalid):
    """The card did not exist then."""

    code = "reviewed_before_added"


class PublicIdTaken(Conflict):
    """The client's id belongs to another answer of this learner."""

    code = "public_id_taken"


class NotUndoable(Conflict):
    """Reviews and resets are undone; an undo is not, nor what was imported."""

    code = "not_undoable"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as the learner's device sent it.

    ``public_id`` is its idempotency key for ever; without ``reviewed_at`` it was given just now.
    """

    content_id: UUID
    rating: Rating
    taken_ms: int = 0
    reviewed_at: datetime | None = None
    public_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RecordedReview:
    """What an answer led to: the schedule, and what each rating would do when the card is due."""

    public_id: UUID
    content_id: UUID
    state: MemoryState
    due_at_by_rating: dict[Rating, datetime]
    is_new: bool = True


def locked_card(learner: Learner, content_id: UUID) -> tuple[ReviewSchedule, int]:
    """Return the card, locked, and its parameters' key; ContentNotFound or DraftNotReviewable."""
    for card in locked_schedules(learner, [content_id]):
        return card
    content_of(learner, content_id)
    raise DraftNotReviewable("This card has no answer yet: give it a back or a gloss.")


def check_answer(schedule: ReviewSchedule, answer: Answer, now: datetime) -> None:
    """Raise what keeps this answer from being recorded, if anything does.

    An answer given before its card was archived or suspended counts, however late it comes.
    """
    given_at = answer.reviewed_at or now
    if schedule.content.archived_at and given_at >= schedule.content.archived_at:
        raise ContentIsArchived("Restore this content before you review it.")
    if schedule.suspended_at and given_at >= schedule.suspended_at:
        raise CardSuspended("This card is suspended.")
    if answer.reviewed_at and answer.reviewed_at > now + CLOCK_SKEW:
        raise ReviewedInFuture("reviewed_at lies in the future.", field="reviewed_at")
    if answer.reviewed_at and answer.reviewed_at < schedule.added_at:
        raise ReviewedBeforeAdded(
            "reviewed_at lies before the card was added.", field="reviewed_at"
        )


def is_same_answer(recorded: ReviewHistory, answer: Answer, schedule: ReviewSchedule) -> bool:
    """Tell whether the fact recorded under the client's id is this very answer."""
    return (
        recorded.kind != ReviewHistory.Kind.UNDO  # it bears the dimensions of what it undoes
        and recorded.content_id == schedule.content_id
        and recorded.rating == answer.rating
        and recorded.taken_ms == answer.taken_ms
        and answer.reviewed_at in (None, recorded.reviewed_at)
    )


def history_row(
    learner: Learner, schedule: ReviewSchedule, fact: Fact, before: MemoryState, after: MemoryState
) -> ReviewHistory:
    """Return the row of a fact: everything about it is decided here."""
    local_day, local_hour = local_moment(fact.reviewed_at, learner.time_zone, learner.rollover_hour)
    return ReviewHistory(
        public_id=fact.public_id,
        user_id=learner.id,
        content_id=schedule.content_id,
        category_id=schedule.content.category_id,
        rating=fact.rating,
        reviewed_at=fact.reviewed_at,
        local_day=local_day,
        local_hour=local_hour,
        stage_before=before.stage,
        interval_before_days=before.interval_days,
        parameters_id=fact.parameters_id,
        due_at=after.due_at,
    )


def append(
    learner: Learner,
    schedule: ReviewSchedule,
    row: ReviewHistory,
    state: MemoryState,
    *,
    now: datetime,
) -> RecordedReview:
    """Save the schedule, append the fact, count it and tell it: in one transaction."""
    put(schedule, state, row.parameters_id, now=now)
    saved = [getattr(schedule, name) for name in (*SAVED_FIELDS, "content_id")]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [*saved, *(getattr(row, name) for name in _FACT)])
        (seq,) = cursor.fetchone()
    publish(*fact_events(learner, schedule, row, seq=seq, now=now))
    transaction.on_commit(lambda: stat_cache.publish(row, seq=seq))
    return outcome(schedule, row, state)


def put(schedule: ReviewSchedule, state: MemoryState, parameters_id: int, *, now: datetime) -> None:
    """Set the schedule to ``state``, and what follows for a leech: SAVED_FIELDS."""
    for name in STATE_FIELDS:
        setattr(schedule, name, getattr(state, name))
    before = Standing(schedule.leech_at, schedule.suspended_at)
    after = standing(before, state.lapses, leech_rule(parameters_id), now)
    schedule.leech_at, schedule.suspended_at = after.leech_at, after.suspended_at


def outcome(
    schedule: ReviewSchedule, row: ReviewHistory, state: MemoryState, *, is_new: bool = True
) -> RecordedReview:
    """Return what the learner is told: the schedule, and what would follow when the card is due."""
    seed = str(schedule.content.public_id)
    due = preview(state, state.due_at, parameters(row.parameters_id), seed=seed)
    return RecordedReview(row.public_id, schedule.content.public_id, state, due, is_new)
