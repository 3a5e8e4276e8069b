"""The answers of a batch that are not plain: repeated, late, refused, or beside one that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from accounts.queries.learners import Learner
from config.errors import ReseeError
from review.access import ContentNotFound, contents_of, locked_schedules
from review.commands.batch_rows import FactRow
from review.commands.recording import (
    TAKEN,
    Answer,
    DraftNotReviewable,
    PublicIdTaken,
    RecordedReview,
    check_answer,
    history_row,
    is_same_answer,
    put,
)
from review.leeches import Standing
from review.models import ReviewHistory, ReviewSchedule
from review.replay import Fact
from review.scheduling import MemoryState
from review.states import effective_facts, is_late, merge, state_of


class Given(NamedTuple):
    """An answer with its place in the batch, the id it has or gets, and when it was given."""

    place: int
    public_id: UUID
    at: datetime
    answer: Answer


@dataclass(slots=True)
class Merged:
    """What is to be stored and told: facts with their contents' public ids, states, outcomes.

    States are by the card's key, outcomes by the answer's place.
    """

    facts: list[tuple[UUID, FactRow]] = field(default_factory=list)
    states: dict[int, tuple[MemoryState, Standing]] = field(default_factory=dict)
    outcomes: dict[int, RecordedReview | ReseeError] = field(default_factory=dict)


class _Card(NamedTuple):
    """A locked card and the key of the parameters that decide its next interval."""

    schedule: ReviewSchedule
    parameters_id: int


def merged(learner: Learner, given: Sequence[Given], now: datetime) -> Merged:
    """Return what comes of the answers; their cards' rows are locked already. Writes nothing."""
    contents = {each.answer.content_id for each in given}
    found = locked_schedules(learner, contents)
    cards = {schedule.content.public_id: _Card(schedule, key) for schedule, key in found}
    drafts = _drafts(learner, contents - cards.keys())
    known = _known(learner, given)
    result = Merged()
    fresh: dict[UUID, Given] = {}
    twins: list[Given] = []
    for each in given:
        try:
            card = _card(cards, drafts, each.answer)
            if row := known.get(each.public_id):
                result.outcomes[each.place] = _again(card, row, each.answer)
            elif first := fresh.get(each.public_id):
                if each.answer != first.answer:
                    raise PublicIdTaken("This id stands twice in the batch.", field="id")
                twins.append(each)
            else:
                check_answer(card.schedule, each.answer, now)
                fresh[each.public_id] = each
        except ReseeError as fault:
            result.outcomes[each.place] = fault
    _merge(learner, cards, fresh, result, now)
    for twin in twins:  # the same answer twice is recorded once
        recorded = result.outcomes[fresh[twin.public_id].place]
        assert isinstance(recorded, RecordedReview)
        result.outcomes[twin.place] = replace(recorded, is_new=False)
    return result


def _merge(
    learner: Learner,
    cards: Mapping[UUID, _Card],
    fresh: Mapping[UUID, Given],
    result: Merged,
    now: datetime,
) -> None:
    """Add the new facts, the states they lead to, and their outcomes to ``result``."""
    facts: dict[UUID, list[Fact]] = {}
    for public_id, (_, _, at, answer) in fresh.items():
        fact = Fact(public_id, answer.rating, at, cards[answer.content_id].parameters_id)
        facts.setdefault(answer.content_id, []).append(fact)
    late = [cards[c].schedule for c, new in facts.items() if is_late(cards[c].schedule, new)]
    known = effective_facts(*late) if late else {}
    for content_id, new in facts.items():
        schedule, rules_id = cards[content_id]
        steps, state = merge(schedule, new, known.get(schedule.pk))
        put(schedule, state, rules_id, now=now)
        standing = Standing(schedule.leech_at, schedule.suspended_at)
        result.states[schedule.pk] = state, standing
        for fact in new:
            row = history_row(learner, schedule, fact, *steps[fact.public_id])
            row.taken_ms = fresh[fact.public_id].answer.taken_ms
            stored = FactRow(*[getattr(row, name) for name in FactRow._fields])
            result.facts.append((content_id, stored))
            recorded = RecordedReview(fact.public_id, content_id, state, {})
            result.outcomes[fresh[fact.public_id].place] = recorded


def _card(cards: Mapping[UUID, _Card], drafts: set[UUID], answer: Answer) -> _Card:
    if card := cards.get(answer.content_id):
        return card
    if answer.content_id in drafts:
        raise DraftNotReviewable("This card has no answer yet: give it a back or a gloss.")
    raise ContentNotFound("You have no content with this id.")


def _again(card: _Card, row: ReviewHistory, answer: Answer) -> RecordedReview:
    schedule = card.schedule
    if not is_same_answer(row, answer, schedule):
        raise PublicIdTaken(TAKEN, field="id")
    content_id = schedule.content.public_id
    return RecordedReview(row.public_id, content_id, state_of(schedule), {}, is_new=False)


def _known(learner: Learner, given: Sequence[Given]) -> dict[UUID, ReviewHistory]:
    ids = [each.public_id for each in given]
    rows = ReviewHistory.objects.filter(user_id=learner.id, public_id__in=ids)
    return {row.public_id: row for row in rows}


def _drafts(learner: Learner, missing: set[UUID]) -> set[UUID]:
    rows = contents_of(learner).filter(public_id__in=missing)
    return set(rows.values_list("public_id", flat=True)) if missing else set()
