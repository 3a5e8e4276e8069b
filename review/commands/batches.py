"""Many answers at once: what devices gathered while they were offline, in any order.

Most answers are plain: new, and given after all that their cards know. They are graded from few
columns and stored by COPY; the others go through `batch_merging`, in the same transaction.
"""

from collections import Counter
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
from review.commands.announcing import leech_event, review_events
from review.commands.batch_merging import Given, Merged, merged
from review.commands.batch_rows import (
    Card,
    FactRow,
    append_facts,
    locked_cards,
    recorded_ids,
    save_states,
)
from review.commands.clock import tick
from review.commands.contents import BATCH_MAX, BatchTooLarge
from review.commands.recording import CLOCK_SKEW, Answer, RecordedReview
from review.days import LocalMoments
from review.leeches import standing
from review.parameters import leech_rule, parameters
from review.scheduling import Parameters, grade

Outcome = RecordedReview | ReseeError


class _Plain(NamedTuple):
    """A card all of whose answers are plain, and these."""

    card: Card
    rules: Parameters
    given: list[Given]


def record_reviews(
    *, learner: Learner, answers: Sequence[Answer], now: datetime, time_zone: str | None = None
) -> list[Outcome]:
    """Record up to 1,000 answers, each once; return for each what came of it, or its fault.

    The answers may come in any order and from several devices: the schedules are those of the order
    in which they were given. ``time_zone`` is the device's, where it is not the learner's own.
    What each rating would lead to next is not computed.
    """
    check_size(len(answers))
    learner = replace(learner, time_zone=time_zone or learner.time_zone)
    given = [
        Given(place, answer.public_id or new_public_id(), answer.reviewed_at or now, answer)
        for place, answer in enumerate(answers)
    ]
    ids = Counter(each.public_id for each in given)
    twice = {public_id for public_id, count in ids.items() if count > 1}
    try:
        with transaction.atomic():
            return _record_all(learner, given, now, not_plain=twice)
    except IntegrityError as error:
        if "one_review_a_public_id" not in str(error):
            raise
    with transaction.atomic():  # some ids are recorded already, which few are: the data said so
        return _record_all(learner, given, now, not_plain=twice | recorded_ids(learner, ids))


def check_size(count: int) -> None:
    """Raise BatchTooLarge beyond 1,000 answers."""
    if count > BATCH_MAX:
        raise BatchTooLarge(f"One call takes {BATCH_MAX} answers at most.")


def _record_all(
    learner: Learner, given: Sequence[Given], now: datetime, *, not_plain: set[UUID]
) -> list[Outcome]:
    """``not_plain`` are the ids that are recorded already or stand twice."""
    by_card: dict[UUID, list[Given]] = {}
    for each in given:
        by_card.setdefault(each.answer.content_id, []).append(each)
    cards = locked_cards(learner, by_card)
    plain, rest = _plain_and_rest(cards, by_card, not_plain, now)
    found = merged(learner, rest, now) if rest else Merged()
    if plain or found.facts:
        count = append_facts(learner, _all_facts(learner, plain, found, now))
        first = tick(learner.id, count) - count + 1
        with connection.wrap_database_errors, connection.connection.pipeline():
            save_states(found.states)
            publish(*_events(learner, found, first, now))  # made while the database saves
    return [found.outcomes[place] for place in range(len(given))]


def _plain_and_rest(
    cards: Mapping[str, Card],
    by_card: Mapping[UUID, list[Given]],
    known: set[UUID],
    now: datetime,
) -> tuple[list[_Plain], list[Given]]:
    """Return the cards that have plain answers only, and the answers of all others."""
    plain: list[_Plain] = []
    rest: list[Given] = []
    latest = now + CLOCK_SKEW
    for content_id, group in by_card.items():
        card = cards.get(content_id.hex)
        if card and all(_is_plain(card, each, known, latest) for each in group):
            plain.append(_Plain(card, parameters(card.parameters_id), group))
        else:
            rest += group
    return plain, sorted(rest)


def _is_plain(card: Card, given: Given, known: set[UUID], latest: datetime) -> bool:
    """Tell whether there is no more to do than to grade: nothing to refuse, nothing to merge."""
    state, at = card.state, given.at
    is_untouched = state.reviewed_at is None and state.due_at == card.added_at  # nor made new again
    return (
        (is_untouched or (state.reviewed_at is not None and state.reviewed_at < at))
        and card.is_open
        and card.added_at <= at <= latest
        and given.public_id not in known
    )


def _all_facts(
    learner: Learner, plain: Sequence[_Plain], found: Merged, now: datetime
) -> Iterator[FactRow]:
    """Yield the merged facts, then each plain answer's; ``found`` has all of them at the end."""
    yield from [fact for _, fact in found.facts]
    for content_id, fact in _graded(learner, plain, found, now):
        found.facts.append((content_id, fact))
        yield fact


def _events(learner: Learner, found: Merged, first: int, now: datetime) -> Iterator[Event]:
    """Yield what to tell of the batch's facts, the learner's ``first`` and those after it."""
    last = {fact.content_id: fact for _, fact in found.facts}
    for seq, (content_id, fact) in enumerate(found.facts, first):
        state, now_is = found.states[fact.content_id]
        yield from review_events(learner, content_id, fact, seq=seq, lapses=state.lapses)
        if now_is.leech_at == now and fact is last[fact.content_id]:
            yield leech_event(learner, content_id, fact, now_is, seq=seq, lapses=state.lapses)


def _graded(
    learner: Learner, plain: Sequence[_Plain], found: Merged, now: datetime
) -> Iterator[tuple[UUID, FactRow]]:
    """Yield each plain answer's row; its outcome and its card's state go to ``found``."""
    moment = LocalMoments(learner.time_zone, learner.rollover_hour)
    for card, rules, given in plain:
        if len(given) > 1:
            given.sort(key=lambda each: (each.at, each.public_id))  # the order of a replay
        content_id, state = given[0].answer.content_id, card.state
        seed = str(content_id)
        for _, public_id, at, answer in given:
            before, state = state, grade(state, answer.rating, at, rules, seed=seed)
            day, hour = moment(at)
            fact = FactRow(
                public_id,
                card.key,
                card.category_id,
                int(answer.rating),
                at,
                day,
                hour,
                answer.taken_ms,
                before.stage,
                before.interval_days,
                card.parameters_id,
                state.due_at,
            )
            yield content_id, fact
        after = standing(card.standing, state.lapses, leech_rule(card.parameters_id), now)
        found.states[card.key] = state, after
        for place, public_id, *_ in given:
            found.outcomes[place] = RecordedReview(public_id, content_id, state, {})
