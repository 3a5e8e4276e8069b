"""Answers: each is one immutable fact and the schedule that follows from it, in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.queries.learners import Learner
from config.errors import Conflict, Invalid
from config.identifiers import new_public_id
from review.access import content_of, locked_schedule, review_of
from review.commands.clock import tick
from review.commands.contents import ContentArchived
from review.days import local_moment
from review.models import ReviewHistory, ReviewSchedule
from review.parameters import parameters
from review.ratings import Rating
from review.replay import Fact
from review.scheduling import MemoryState, grade, preview
from review.states import STATE_FIELDS, card_replay, effective_facts, state_of

Kind = ReviewHistory.Kind
_TAKEN = "You have recorded another answer under this id."
CLOCK_SKEW = timedelta(minutes=5)


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


class AlreadyUndone(Conflict):
    """A review is undone once, and only a review is."""

    code = "already_undone"


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


def record_review(*, learner: Learner, answer: Answer, now: datetime) -> RecordedReview:
    """Record one answer and return the card's new schedule.

    Raises ContentNotFound, DraftNotReviewable, ContentArchived, CardSuspended, ReviewedInFuture,
    ReviewedBeforeAdded or PublicIdTaken; then nothing is written. The same public id with the same
    answer is recorded once and answered again.
    """
    try:
        with transaction.atomic():
            return _record(learner, answer, now)
    except IntegrityError as error:
        if "one_review_a_public_id" not in str(error):
            raise
        raise PublicIdTaken(_TAKEN, field="id") from None


@transaction.atomic
def undo_review(*, learner: Learner, review_id: UUID) -> RecordedReview:
    """Take one review back by a fact of its own; the schedule is as if it had not been.

    Raises ReviewNotFound or AlreadyUndone.
    """
    content_id = review_of(learner, review_id).content.public_id
    schedule, _ = _locked(learner, content_id)
    undone = review_of(learner, review_id)  # again, now that nobody else can undo it
    if undone.kind not in (Kind.REVIEW, Kind.IMPORT) or hasattr(undone, "undone_by"):
        raise AlreadyUndone("This review has been undone already.")
    state = card_replay(
        schedule, [fact for fact in effective_facts(schedule) if fact.public_id != review_id]
    )
    undo = ReviewHistory(
        kind=Kind.UNDO, sign=-1, undoes=undone, due_at=state.due_at, **_dimensions(undone)
    )
    return _write(schedule, undo, state)


def _record(learner: Learner, answer: Answer, now: datetime) -> RecordedReview:
    schedule, rules_id = _locked(learner, answer.content_id)
    if answer.public_id and (known := _recorded(schedule, answer, answer.public_id)):
        return known
    _check(schedule, answer, now)
    public_id = answer.public_id or new_public_id()
    reviewed_at = answer.reviewed_at or now
    before, after = _graded(schedule, Fact(public_id, answer.rating, reviewed_at, rules_id))
    local_day, local_hour = local_moment(reviewed_at, learner.time_zone, learner.rollover_hour)
    fact = ReviewHistory(
        public_id=public_id,
        user_id=learner.id,
        content_id=schedule.content_id,
        category_id=schedule.content.category_id,
        rating=answer.rating,
        reviewed_at=reviewed_at,
        local_day=local_day,
        local_hour=local_hour,
        taken_ms=answer.taken_ms,
        stage_before=before.stage,
        interval_before_days=before.interval_days,
        parameters_id=rules_id,
        due_at=after.due_at,
    )
    return _write(schedule, fact, after)


def _locked(learner: Learner, content_id: UUID) -> tuple[ReviewSchedule, int]:
    found = locked_schedule(learner, content_id)
    if found is None:
        content_of(learner, content_id)
        raise DraftNotReviewable("This card has no answer yet: give it a back or a gloss.")
    return found


def _check(schedule: ReviewSchedule, answer: Answer, now: datetime) -> None:
    if schedule.content.archived_at:
        raise ContentArchived("Restore this content before you review it.")
    if schedule.suspended_at:
        raise CardSuspended("This card is suspended.")
    if answer.reviewed_at and answer.reviewed_at > now + CLOCK_SKEW:
        raise ReviewedInFuture("reviewed_at lies in the future.", field="reviewed_at")
    if answer.reviewed_at and answer.reviewed_at < schedule.added_at:
        raise ReviewedBeforeAdded(
            "reviewed_at lies before the card was added.", field="reviewed_at"
        )


def _recorded(schedule: ReviewSchedule, answer: Answer, public_id: UUID) -> RecordedReview | None:
    """Return the answer recorded under the client's id, None if there is none, or PublicIdTaken."""
    fact = ReviewHistory.objects.filter(user_id=schedule.user_id, public_id=public_id).first()
    if fact is None:
        return None
    is_same = (
        fact.content_id == schedule.content_id
        and fact.rating == answer.rating
        and fact.taken_ms == answer.taken_ms
        and answer.reviewed_at in (None, fact.reviewed_at)
    )
    if not is_same:
        raise PublicIdTaken(_TAKEN, field="id")
    return _answered(schedule, fact, state_of(schedule), is_new=False)


def _graded(schedule: ReviewSchedule, fact: Fact) -> tuple[MemoryState, MemoryState]:
    """Return the states before and after ``fact``; one that comes late is merged by replay."""
    before = state_of(schedule)
    if before.reviewed_at is not None and fact.reviewed_at <= before.reviewed_at:
        facts = effective_facts(schedule)
        earlier = [
            known
            for known in facts
            if (known.reviewed_at, known.public_id) < (fact.reviewed_at, fact.public_id)
        ]
        return card_replay(schedule, earlier), card_replay(schedule, [*facts, fact])
    assert fact.rating is not None
    rules = parameters(fact.parameters_id)
    seed = str(schedule.content.public_id)
    return before, grade(before, fact.rating, fact.reviewed_at, rules, seed=seed)


def _write(schedule: ReviewSchedule, fact: ReviewHistory, state: MemoryState) -> RecordedReview:
    """Save the schedule, append the fact, and count it: in this order, in one transaction."""
    for name in STATE_FIELDS:
        setattr(schedule, name, getattr(state, name))
    schedule.save(update_fields=STATE_FIELDS)
    fact.save(force_insert=True)
    tick(schedule.user_id)
    return _answered(schedule, fact, state, is_new=True)


def _answered(
    schedule: ReviewSchedule, fact: ReviewHistory, state: MemoryState, *, is_new: bool
) -> RecordedReview:
    seed = str(schedule.content.public_id)
    rules = parameters(fact.parameters_id)
    due = preview(state, state.due_at, rules, seed=seed)
    return RecordedReview(fact.public_id, schedule.content.public_id, state, due, is_new)


def _dimensions(fact: ReviewHistory) -> dict[str, object]:
    names = (
        "user_id", "content_id", "category_id", "rating", "reviewed_at", "local_day", "local_hour",
        "taken_ms", "stage_before", "interval_before_days", "parameters_id",
    )  # fmt: skip
    return {name: getattr(fact, name) for name in names}
