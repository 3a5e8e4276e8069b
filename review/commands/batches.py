"""Many answers at once: what devices gathered while they were offline, in any order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from accounts.queries.learners import Learner
from config.errors import ReseeError
from config.identifiers import new_public_id
from config.outbox.publish import Event, publish
from review.access import ContentNotFound, contents_of, locked_schedules
from review.commands.announcing import events_of
from review.commands.clock import tick
from review.commands.contents import BATCH_MAX, BatchTooLarge
from review.commands.recording import (
    SAVED_FIELDS,
    TAKEN,
    Answer,
    DraftNotReviewable,
    PublicIdTaken,
    RecordedReview,
    check_answer,
    history_row,
    is_same_answer,
    outcome,
    put,
)
from review.models import ReviewHistory, ReviewSchedule
from review.replay import Fact
from review.scheduling import MemoryState
from review.states import effective_facts, is_late, merge, state_of

Outcome = RecordedReview | ReseeError
_SAVED_TYPES = (
    "timestamptz",
    "smallint",
    "smallint",
    "float8",
    "float8",
    "timestamptz",
    "int",
    "int",
    "timestamptz",
    "timestamptz",
)
_SAVE_STATES = f"""
UPDATE review_reviewschedule AS schedule
SET {", ".join(f"{name} = new.{name}" for name in SAVED_FIELDS)}
FROM unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in _SAVED_TYPES)})
    AS new (content_id, {", ".join(SAVED_FIELDS)})
WHERE schedule.content_id = new.content_id
"""  # noqa: S608  column names of ours


class _Card(NamedTuple):
    """A locked card and the key of the parameters that decide its next interval."""

    schedule: ReviewSchedule
    parameters_id: int


def record_reviews(
    *, learner: Learner, answers: Sequence[Answer], now: datetime, time_zone: str | None = None
) -> list[Outcome]:
    """Record up to 1,000 answers, each once; return for each what came of it, or its fault.

    The answers may come in any order and from several devices: the schedules are those of the order
    in which they were given. ``time_zone`` is the device's, where it is not the learner's own.
    """
    check_size(len(answers))
    learner = replace(learner, time_zone=time_zone or learner.time_zone)
    named = [replace(a, public_id=a.public_id or new_public_id()) for a in answers]
    try:
        with transaction.atomic():
            return _record_all(learner, named, now)
    except IntegrityError as error:
        if "one_review_a_public_id" not in str(error):
            raise
    with transaction.atomic():  # another device sent the same answers meanwhile: they are known now
        return _record_all(learner, named, now)


def check_size(count: int) -> None:
    """Raise BatchTooLarge beyond 1,000 answers."""
    if count > BATCH_MAX:
        raise BatchTooLarge(f"One call takes {BATCH_MAX} answers at most.")


def _record_all(learner: Learner, answers: Sequence[Answer], now: datetime) -> list[Outcome]:
    contents = {answer.content_id for answer in answers}
    found = locked_schedules(learner, contents)
    cards = {schedule.content.public_id: _Card(schedule, key) for schedule, key in found}
    drafts = _drafts(learner, contents - cards.keys())
    known = _known(learner, answers)
    outcomes: dict[int, Outcome] = {}
    fresh: dict[UUID, tuple[int, Answer]] = {}
    for index, answer in enumerate(answers):
        assert answer.public_id is not None
        try:
            card = _card(cards, drafts, answer)
            if row := known.get(answer.public_id):
                outcomes[index] = _again(card, row, answer)
            elif answer.public_id in fresh:
                raise PublicIdTaken("This id stands twice in the batch.", field="id")
            else:
                check_answer(card.schedule, answer, now)
                fresh[answer.public_id] = (index, answer)
        except ReseeError as fault:
            outcomes[index] = fault
    outcomes |= _write(learner, cards, fresh, now)
    return [outcomes[index] for index in range(len(answers))]


def _write(
    learner: Learner,
    cards: Mapping[UUID, _Card],
    fresh: Mapping[UUID, tuple[int, Answer]],
    now: datetime,
) -> dict[int, Outcome]:
    """Append all new facts and save the schedules they lead to: three statements."""
    facts: dict[UUID, list[Fact]] = {}
    for public_id, (_, answer) in fresh.items():
        key = cards[answer.content_id].parameters_id
        fact = Fact(public_id, answer.rating, answer.reviewed_at or now, key)
        facts.setdefault(answer.content_id, []).append(fact)
    late = [cards[c].schedule for c, new in facts.items() if is_late(cards[c].schedule, new)]
    known = effective_facts(*late) if late else {}
    rows: dict[UUID, ReviewHistory] = {}
    states: dict[UUID, MemoryState] = {}
    for content_id, new in facts.items():
        schedule = cards[content_id].schedule
        steps, states[content_id] = merge(schedule, new, known.get(schedule.pk))
        for fact in new:
            row = history_row(learner, schedule, fact, *steps[fact.public_id])
            row.taken_ms = fresh[fact.public_id][1].taken_ms
            rows[fact.public_id] = row
    if rows:
        for content_id, state in states.items():
            put(cards[content_id].schedule, state, cards[content_id].parameters_id, now=now)
        _save([cards[content_id].schedule for content_id in states])
        ReviewHistory.objects.bulk_create(rows.values())
        first = tick(learner.id, len(rows)) - len(rows) + 1
        publish(*_events(learner, cards, rows, first, now))
    return {
        index: outcome(
            cards[answer.content_id].schedule, rows[public_id], states[answer.content_id]
        )
        for public_id, (index, answer) in fresh.items()
    }


def _card(cards: Mapping[UUID, _Card], drafts: set[UUID], answer: Answer) -> _Card:
    if card := cards.get(answer.content_id):
        return card
    if answer.content_id in drafts:
        raise DraftNotReviewable("This card has no answer yet: give it a back or a gloss.")
    raise ContentNotFound("You have no content with this id.")


def _again(card: _Card, row: ReviewHistory, answer: Answer) -> RecordedReview:
    if not is_same_answer(row, answer, card.schedule):
        raise PublicIdTaken(TAKEN, field="id")
    return outcome(card.schedule, row, state_of(card.schedule), is_new=False)


def _known(learner: Learner, answers: Sequence[Answer]) -> dict[UUID, ReviewHistory]:
    ids = [answer.public_id for answer in answers if answer.public_id]
    rows = ReviewHistory.objects.filter(user_id=learner.id, public_id__in=ids)
    return {row.public_id: row for row in rows}


def _drafts(learner: Learner, missing: set[UUID]) -> set[UUID]:
    rows = contents_of(learner).filter(public_id__in=missing)
    return set(rows.values_list("public_id", flat=True)) if missing else set()


def _save(schedules: Sequence[ReviewSchedule]) -> None:
    columns = [[getattr(row, name) for row in schedules] for name in ("pk", *SAVED_FIELDS)]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE_STATES, columns)


def _events(
    learner: Learner,
    cards: Mapping[UUID, _Card],
    rows: Mapping[UUID, ReviewHistory],
    first: int,
    now: datetime,
) -> Iterator[Event]:
    """Yield what to tell of the batch's facts, the learner's ``first`` and those after it."""
    schedules = {card.schedule.pk: card.schedule for card in cards.values()}
    last = {row.content_id: row for row in rows.values()}
    for seq, row in enumerate(rows.values(), first):
        schedule, is_last = schedules[row.content_id], row is last[row.content_id]
        yield from events_of(learner, schedule, row, seq=seq, now=now, is_last=is_last)
