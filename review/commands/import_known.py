"""Cards that come back from Anki: their newer text, the reviews they had there meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from review.access import locked_schedules
from review.anki.collection import CardRow
from review.anki.field_filters import text
from review.anki.log import Columns, Log, last_ms
from review.anki.memory import Memory, memory_of
from review.commands.batch_rows import save_states
from review.commands.import_cards import Written, asleep
from review.commands.import_context import Context, Place
from review.commands.import_facts import OfCard, append_facts, known_reviews
from review.commands.import_rows import KnownContent
from review.leeches import Standing
from review.models import Content, ReviewSchedule
from review.normal_form import normal_form
from review.parameters import parameters
from review.scheduling import MemoryState
from review.states import card_replay, effective_facts

_SAME_MS = 1000  # where two reviews had one moment, the export moved the second on


@dataclass(frozen=True, slots=True)
class Returning:
    """A card that is known here, as it comes."""

    content: KnownContent
    card: CardRow
    log: Log
    place: Place


def says_else(content: KnownContent, made: Written) -> bool:
    """Tell whether a card says now anything else than before."""
    front, back = made.sides.front, made.sides.back or made.sides.front
    was = (content.front, content.back, list(content.tags), content.source.get("anki", {}))
    anki = made.source["anki"]
    return was[:3] != (front, back, made.tags) or was[3].get("fields") != anki["fields"]


def take_over(context: Context, changed: Sequence[tuple[KnownContent, Written]]) -> None:
    """Store what the cards say now."""
    for content, made in changed:
        Content.objects.filter(pk=content.id).update(
            front=made.sides.front,
            back=made.sides.back or made.sides.front,
            tags=made.tags,
            media=made.media,
            normal_form=normal_form(text(made.sides.front)),
            source={**content.source, **made.source},
            updated_at=context.now,
        )


def catch_up(context: Context, cards: Sequence[Returning]) -> int:
    """Append the reviews that are not here yet; return how many facts that makes.

    A card that was answered there last has the memory it has there. One that was answered here
    last is graded again, with the reviews from there in their places.
    """
    by_id = {each.content.public_id: each for each in cards}
    schedules: dict[int, ReviewSchedule] = {}
    if cards and not context.is_dry_run:
        found = locked_schedules(context.learner, list(by_id))
        schedules = {schedule.pk: schedule for schedule, _ in found}
    known = known_reviews([each.content.id for each in cards])
    appended: list[tuple[OfCard, Columns]] = []
    set_: list[tuple[OfCard, Memory]] = []
    states: dict[int, tuple[MemoryState, Standing]] = {}
    merged: list[ReviewSchedule] = []
    for each in cards:
        new = _new_answers(each.log.answers, known[each.content.id])
        context.report.counts["reviews.known"] += len(each.log.answers) - len(new)
        context.report.counts["reviews.new"] += len(new)
        schedule = schedules.get(each.content.id)
        if schedule is None:
            continue  # nothing is to be written, or it is a draft here
        content = schedule.content
        card = OfCard(content.pk, content.public_id, content.category_id, each.place.parameters_id)
        appended.append((card, new))
        came_with = _newer_memory(context, each, schedule)
        if came_with:
            set_.append((card, came_with))
            states[schedule.pk] = came_with.state, _standing(context, each, schedule)
        elif len(new):
            merged.append(schedule)
    _append(context, appended, set_)
    _save(states, merged)
    return sum(len(new) for _, new in appended) + len(set_)


def _append(
    context: Context,
    answers: Sequence[tuple[OfCard, Columns]],
    memories: Sequence[tuple[OfCard, Memory]],
) -> None:
    made = context.fact_rows
    rows = made.answers([card for card, _ in answers], [new for _, new in answers])
    rows += made.memories([card for card, _ in memories], [each for _, each in memories])
    if any(rows):
        append_facts(b"".join(rows))


def _save(
    states: dict[int, tuple[MemoryState, Standing]], merged: Sequence[ReviewSchedule]
) -> None:
    """Store the states; those of the merged follow from their facts."""
    if merged:
        effective = effective_facts(*merged)
        for schedule in merged:
            state = card_replay(schedule, effective[schedule.pk])
            states[schedule.pk] = state, Standing(schedule.leech_at, schedule.suspended_at)
    if states:
        save_states(states)


def _new_answers(answers: Columns, known: Sequence[tuple[int, int, int]]) -> Columns:
    """Return the answers that are not among the known: moment in ms, rating, time taken."""
    exact = {at for at, *_ in known}
    given = answers[["at", "rating", "taken"]].tolist()
    rest = [each for each in known if each[0] not in {at for at, *_ in given}]
    new = []
    for number, answer in enumerate(given):
        if answer[0] in exact:
            continue
        if same := next((each for each in rest if _is_same(answer, each)), None):
            rest.remove(same)
        else:
            new.append(number)
    return answers[new]


def _is_same(answer: tuple[int, int, int], known: tuple[int, int, int]) -> bool:
    return 0 <= answer[0] - known[0] < _SAME_MS and answer[1:] == known[1:]


def _newer_memory(context: Context, card: Returning, schedule: ReviewSchedule) -> Memory | None:
    """Return the memory a card comes with if something happened to it there last."""
    rules = parameters(card.place.parameters_id)
    came_with = memory_of(card.card, card.log, context.calendar, rules, now=context.now)
    if came_with is None or last_ms(card.log) is None:
        return None
    return came_with if came_with.at > _last_moment(schedule) else None


def _last_moment(schedule: ReviewSchedule) -> datetime:
    """Return when anything was decided about the card here last."""
    if schedule.reviewed_at is None and schedule.due_at == schedule.added_at:
        return datetime.min.replace(tzinfo=UTC)
    return schedule.reviewed_at or schedule.due_at


def _standing(context: Context, card: Returning, schedule: ReviewSchedule) -> Standing:
    suspended_at, _ = asleep(context, card.card)
    if suspended_at and schedule.suspended_at:
        suspended_at = schedule.suspended_at
    return Standing(schedule.leech_at, suspended_at)
