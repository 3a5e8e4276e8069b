"""Answers: each is one immutable fact and the schedule that follows from it, in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.queries.learners import Learner
from config.errors import ReseeError
from config.identifiers import new_public_id
from review.access import review_of
from review.commands.recording import (
    TAKEN,
    Answer,
    NotUndoable,
    PublicIdTaken,
    RecordedReview,
    append,
    check_answer,
    history_row,
    is_same_answer,
    locked_card,
    outcome,
)
from review.models import ReviewHistory
from review.replay import Fact
from review.states import card_replay, effective_facts, is_late, merge, state_of

Kind = ReviewHistory.Kind


def record_review(*, learner: Learner, answer: Answer, now: datetime) -> RecordedReview:
    """Record one answer and return the card's new schedule.

    Raises ContentNotFound, DraftNotReviewable, ContentIsArchived, CardSuspended, ReviewedInFuture,
    ReviewedBeforeAdded or PublicIdTaken; then nothing is written. The same public id with the same
    answer is recorded once and answered again.
    """
    try:
        with transaction.atomic():
            return _record(learner, answer, now)
    except IntegrityError as error:
        if "one_review_a_public_id" not in str(error):
            raise
    with transaction.atomic():  # repetitions are rare: only now they are looked for
        return _recorded(learner, answer)


@transaction.atomic
def undo_review(*, learner: Learner, review_id: UUID, now: datetime) -> RecordedReview:
    """Take one review or reset back by a fact of its own; the schedule is as if it had not been.

    Twice is once. Raises ReviewNotFound or NotUndoable.
    """
    content_id = review_of(learner, review_id).content.public_id
    schedule, _ = locked_card(learner, content_id)
    undone = review_of(learner, review_id)  # again, now that nobody else can undo it
    if undone.kind == Kind.UNDO:
        raise NotUndoable("An undo is not undone: answer the card again.")
    if undone.kind == Kind.IMPORT:
        raise NotUndoable("What was imported happened elsewhere and is not undone.")
    if before := undone.undos.first():
        return outcome(schedule, before, state_of(schedule), is_new=False)
    facts = effective_facts(schedule)[schedule.pk]
    state = card_replay(schedule, [fact for fact in facts if fact.public_id != review_id])
    undo = ReviewHistory(
        kind=Kind.UNDO,
        sign=-1,
        undoes=undone,
        category_id=schedule.content.category_id,  # where its sums stand now
        due_at=state.due_at,
        **_dimensions(undone),
    )
    return append(learner, schedule, undo, state, now=now)


def _record(learner: Learner, answer: Answer, now: datetime) -> RecordedReview:
    schedule, rules_id = locked_card(learner, answer.content_id)
    try:
        check_answer(schedule, answer, now)
    except ReseeError:
        if answer.public_id and _is_recorded(learner, answer.public_id):
            return _recorded(learner, answer)  # it was fine when it came first
        raise
    public_id = answer.public_id or new_public_id()
    fact = Fact(public_id, answer.rating, answer.reviewed_at or now, rules_id)
    late = effective_facts(schedule)[schedule.pk] if is_late(schedule, [fact]) else None
    steps, state = merge(schedule, [fact], late)
    row = history_row(learner, schedule, fact, *steps[public_id])
    row.taken_ms = answer.taken_ms
    return append(learner, schedule, row, state, now=now)


def _is_recorded(learner: Learner, public_id: UUID) -> bool:
    return ReviewHistory.objects.filter(user_id=learner.id, public_id=public_id).exists()


def _recorded(learner: Learner, answer: Answer) -> RecordedReview:
    """Return the answer recorded under the client's id, with the schedule as it is now.

    Raises PublicIdTaken when that was another one.
    """
    schedule, _ = locked_card(learner, answer.content_id)
    assert answer.public_id is not None
    row = ReviewHistory.objects.get(user_id=learner.id, public_id=answer.public_id)
    if not is_same_answer(row, answer, schedule):
        raise PublicIdTaken(TAKEN, field="id")
    return outcome(schedule, row, state_of(schedule), is_new=False)


def _dimensions(fact: ReviewHistory) -> dict[str, object]:
    names = (
        "user_id", "content_id", "rating", "reviewed_at", "local_day", "local_hour",
        "taken_ms", "stage_before", "interval_before_days", "parameters_id",
    )  # fmt: skip
    return {name: getattr(fact, name) for name in names}
