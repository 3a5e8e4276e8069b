"""A card from Anki -> the rows it becomes: content, schedule, facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson

from review.anki import memory
from review.anki.collection import CardRow, NoteRow
from review.anki.field_filters import text
from review.anki.identities import said
from review.anki.log import Log
from review.anki.memory import Memory
from review.anki.notetypes import DEFAULT_DECK, Notetype
from review.anki.rendering import Sides, sides, values_of
from review.commands.import_context import Context
from review.commands.import_facts import OfCard
from review.commands.import_rows import NULL, array, as_text, escaped, row
from review.days import day_starts_at, local_moment
from review.models import Stage
from review.normal_form import normal_form

TAG_MAX, TAGS_MAX = 60, 100
_NEW_POSITIONS = 900_000
_KEPT = (
    "id", "type", "queue", "due", "interval", "factor", "reps", "lapses", "left", "original_due",
    "original_deck_id", "flags", "data",
)  # fmt: skip
_kept = attrgetter(*_KEPT)


@dataclass(frozen=True, slots=True)
class Written:
    """What a card says, and what it was made from."""

    sides: Sides
    tags: list[str]
    media: list[dict[str, str]]
    source: dict[str, Any]


def deck_path(context: Context, card: CardRow) -> Sequence[str]:
    """Return the names of the deck a card belongs to."""
    deck = context.collection.decks.get(memory.home_deck(card))
    return deck.path if deck else [DEFAULT_DECK]


def written(
    context: Context,
    note: NoteRow,
    notetype: Notetype,
    card: CardRow,
    media: Sequence[dict[str, str]],
    log: Log,
) -> Written:
    """Return the card rendered, with its originals."""
    path = deck_path(context, card)
    shown = sides(notetype, card, values_of(note, notetype, card, path))
    template = notetype.template(card.ordinal)
    source = {
        "format": "html",
        "anki": {
            "guid": note.guid,
            "note": note.id,
            "mod": note.modified_at,
            "fields": note.fields,
            "tags": note.tags,
            "notetype": context.digests.get(notetype.id, ""),
            "ord": card.ordinal,
            "template": template.name if template else "",
            "deck": "::".join(path),
            "card": dict(zip(_KEPT, _kept(card), strict=True)),
            "log": log.others,
            "said": said(shown.front, shown.back or shown.front),
        },
    }
    return Written(shown, [tag[:TAG_MAX] for tag in note.tags[:TAGS_MAX]], list(media), source)


def content_row(context: Context, card: OfCard, note_id: UUID, made: Written) -> str:
    """Return a new card's content, as COPY takes it."""
    now, front = as_text(context.now), made.sides.front
    return row(
        str(card.content_id), card.public_id.hex, str(context.learner.id), str(card.category_id),
        note_id.hex, escaped(front), escaped(made.sides.back or front), "", "",
        escaped(normal_form(text(front))), escaped(array(made.tags)),
        escaped(orjson.dumps(made.media).decode()), escaped(orjson.dumps(made.source).decode()),
        now, now,
    )  # fmt: skip


def schedule_row(
    context: Context, of_card: OfCard, card: CardRow, log: Log, came_with: Memory | None
) -> str:
    """Return a new card's schedule; a new one's moment keeps its place among the new."""
    key, user = str(of_card.content_id), str(context.learner.id)
    suspended_at, buried_until = map(as_text, asleep(context, card))
    if came_with is None:
        position = timedelta(microseconds=min(max(card.due, 0), _NEW_POSITIONS))
        due_at = as_text(context.began_at - timedelta(seconds=1) + position)
        return row(
            key, user, str(int(Stage.NEW)), NULL, NULL, NULL, due_at, due_at, NULL, "0", "0",
            suspended_at, buried_until, NULL,
        )  # fmt: skip
    state = came_with.state
    first = [memory.moment(at) for at in log.answers["at"][:1].tolist()]
    leech_from = context.rules[of_card.parameters_id][1].threshold
    leech_at = context.now if 0 < leech_from <= state.lapses else None
    return row(
        key, user, str(state.stage), as_text(state.step), as_text(state.stability),
        as_text(state.difficulty), as_text(min([*first, came_with.at])), as_text(state.due_at),
        as_text(state.reviewed_at), str(state.reps), str(state.lapses), suspended_at,
        buried_until, as_text(leech_at),
    )  # fmt: skip


def asleep(context: Context, card: CardRow) -> tuple[Any, Any]:
    """Return since when a card is suspended and until when it is buried."""
    suspended_at = context.now if memory.is_suspended(card) else None
    if not memory.is_buried(card):
        return suspended_at, None
    clock = (context.learner.time_zone, context.learner.rollover_hour)
    tomorrow = local_moment(context.now, *clock)[0] + timedelta(days=1)
    return suspended_at, day_starts_at(tomorrow, *clock)
