"""One batch of notes from Anki: what is new is stored, what is newer there is taken over.

The caller's transaction holds it all. A note is known by its guid, a card by its template, a review
by its moment; so a second import finds everything there.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from config.identifiers import new_public_id
from review.anki.collection import Batch as Rows
from review.anki.collection import CardRow, NoteRow
from review.anki.identities import exported_id
from review.anki.log import NO_LOG, Log, logs_of
from review.anki.memory import Memory, memory_of
from review.anki.notetypes import Notetype
from review.anki.rendering import media_names
from review.commands.import_cards import Written, content_row, deck_path, schedule_row, written
from review.commands.import_context import Context, Place
from review.commands.import_facts import OfCard, appending_facts
from review.commands.import_known import Returning, catch_up, says_else, take_over
from review.commands.import_moves import Moved, follow, moved
from review.commands.import_rows import (
    KnownContent,
    known_contents,
    new_keys,
    store_contents,
    store_schedules,
)
from review.import_models import Medium
from review.parameters import leech_rule, parameters

CARDS_OF_NOTE_MAX = 1_000
_NO_PLACE = Place(0, 1)


@dataclass(frozen=True, slots=True)
class _Note:
    """A note that makes cards here, and which of them are known."""

    row: NoteRow
    notetype: Notetype
    note_id: UUID
    known: Mapping[int, KnownContent]
    media: Sequence[dict[str, str]]


@dataclass(frozen=True, slots=True)
class _New:
    """A card that is not known here yet."""

    note: _Note
    card: CardRow
    log: Log
    place: Place


@dataclass(slots=True)
class _Batch:
    """What is going to be stored."""

    new: list[_New] = field(default_factory=list)
    returning: list[Returning] = field(default_factory=list)
    changed: list[tuple[KnownContent, Written]] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)


def import_notes(context: Context, rows: Rows) -> tuple[int, int]:
    """Store the notes; return how many contents and how many facts are new."""
    batch = _Batch()
    latest = int((context.now + timedelta(days=1)).timestamp() * 1000)
    logs = logs_of(rows.log, scheduler=context.collection.scheduler, latest_ms=latest)
    for note in list(_sorted_out(context, rows.notes)):
        was = _take(context, note, logs, batch)
        context.report.counts[f"notes.{was}"] += 1
    facts = _store(context, batch.new)
    if not context.is_dry_run:
        take_over(context, batch.changed)
        follow(context, batch.moved)
    return len(batch.new), facts + catch_up(context, batch.returning)


def _store(context: Context, new: Sequence[_New]) -> int:
    """Store new cards; return how many facts that makes."""
    keys = range(len(new)) if context.is_dry_run else new_keys(len(new))
    cards = [OfCard(key, new_public_id(), *each.place) for key, each in zip(keys, new, strict=True)]
    memories = [_memory(context, each) for each in new]
    facts = _facts(context, new, cards, memories)
    for each in new:  # read now: later the connection is busy
        leech_rule(each.place.parameters_id)
    contents, schedules = [], []
    with appending_facts(is_dry_run=context.is_dry_run) as copied:
        for each, of_card, came_with, rows in zip(new, cards, memories, facts, strict=True):
            note = each.note
            made = written(context, note.row, note.notetype, each.card, note.media, each.log)
            contents.append(content_row(context, of_card, note.note_id, made))
            schedules.append(schedule_row(context, of_card, each.card, each.log, came_with))
            copied.add(rows)
    if not context.is_dry_run:
        store_contents(contents)
        store_schedules(schedules)
    return sum(len(each.log.answers) for each in new) + sum(each is not None for each in memories)


def _memory(context: Context, new: _New) -> Memory | None:
    rules = parameters(new.place.parameters_id)
    return memory_of(new.card, new.log, context.calendar, rules, now=context.now)


def _facts(
    context: Context,
    new: Sequence[_New],
    cards: Sequence[OfCard],
    memories: Sequence[Memory | None],
) -> list[bytes]:
    """Return, card by card, the rows of its answers and of the memory it came with."""
    rows = context.fact_rows.answers(cards, [each.log.answers for each in new])
    which = [number for number, each in enumerate(memories) if each is not None]
    set_ = context.fact_rows.memories(
        [cards[number] for number in which], [each for each in memories if each is not None]
    )
    for number, row in zip(which, set_, strict=True):
        rows[number] += row
    return rows


def _sorted_out(context: Context, rows: Sequence[NoteRow]) -> Iterator[_Note]:
    """Yield the notes that make cards; the report says why others do not."""
    ids = {row.id: _ids(context, row) for row in rows}
    known: dict[UUID, dict[int, KnownContent]] = defaultdict(dict)
    for content in known_contents(
        context.learner,
        [note_id for note_id, _ in ids.values()],
        [own for _, own in ids.values() if own],
    ):
        ordinal = content.source.get("anki", {}).get("ord", 0)
        known[content.note_id].setdefault(ordinal, content)
        known[content.public_id].setdefault(ordinal, content)
    media = _media(context, rows)
    seen: set[UUID] = set()
    for row in rows:
        note_id, own = ids[row.id]
        notetype = context.collection.notetypes.get(row.notetype_id)
        if reason := _refusal(row, notetype, is_seen=note_id in seen):
            context.report.counts["notes.skipped"] += 1
            context.report.refuse("note", row.fields[0] or row.id, reason)
            continue
        seen.add(note_id)
        assert notetype is not None
        row.cards = list({card.ordinal: card for card in row.cards}.values())
        theirs = known.get(own) if own else None
        pictures = [media[name] for name in media_names(row.fields) if name in media]
        yield _Note(row, notetype, note_id, _of(row, theirs or known[note_id]), pictures)


def _ids(context: Context, row: NoteRow) -> tuple[UUID, UUID | None]:
    guid = row.guid or f"note {row.id}"
    return context.note_id(guid), exported_id(guid)


def _of(row: NoteRow, known: Mapping[int, KnownContent]) -> dict[int, KnownContent]:
    return {card.ordinal: known[card.ordinal] for card in row.cards if card.ordinal in known}


def _refusal(row: NoteRow, notetype: Notetype | None, *, is_seen: bool) -> str:
    if notetype is None or not notetype.templates or not notetype.fields:
        return "its note type is missing"
    if not row.cards:
        return "it has no cards"
    if len(row.cards) > CARDS_OF_NOTE_MAX:
        return f"it has more than {CARDS_OF_NOTE_MAX:,} cards"
    return "another note has the same identity" if is_seen else ""


def _media(context: Context, rows: Sequence[NoteRow]) -> dict[str, dict[str, str]]:
    """Return what contents keep of the media that the notes name, by name."""
    names = {name[:255] for row in rows for name in media_names(row.fields)}
    if not names:
        return {}
    found = Medium.objects.filter(
        user_id=context.learner.id, name__in=names, seen_in=context.import_id
    ).values_list("name", "public_id", "media_type")
    return {
        name: {"name": name, "id": str(public_id), "media_type": media_type}
        for name, public_id, media_type in found
    }


def _take(context: Context, note: _Note, logs: Mapping[int, Log], batch: _Batch) -> str:
    """Add a note's cards to the batch; return whether it is new, updated or unchanged."""
    is_updated = False
    for card in note.row.cards:
        log = logs.get(card.id, NO_LOG)
        if log.refused_count:
            context.report.counts["reviews.refused"] += log.refused_count
            context.report.refuse("card", note.row.fields[0], "reviews of it make no sense")
        place = context.places.get(card.original_deck_id or card.deck_id, _NO_PLACE)
        if content := note.known.get(card.ordinal):
            batch.returning.append(Returning(content, card, log, place))
            if move := moved(context, content, deck_path(context, card), place):
                batch.moved.append(move)
                context.report.counts["cards.moved"] += 1
            if move or _is_newer(context, note, content):
                is_updated |= _compare(context, note, card, log, content, batch)
            is_updated |= move is not None
            continue
        is_updated = True
        context.report.counts["cards.new"] += 1
        context.report.counts["reviews.new"] += len(log.answers)
        batch.new.append(_New(note, card, log, place))
    if not note.known:
        return "new"
    return "updated" if is_updated else "unchanged"


def _is_newer(context: Context, note: _Note, content: KnownContent) -> bool:
    """Tell whether a known card may say anything else: its note or its template was changed."""
    before = content.source.get("anki", {})
    if note.row.modified_at > before.get("mod", content.changed_at):
        return True
    digest = context.digests.get(note.notetype.id, "")
    return bool(digest != before.get("notetype", digest))


def _compare(
    context: Context, note: _Note, card: CardRow, log: Log, content: KnownContent, batch: _Batch
) -> bool:
    """Add a known card's text to the batch where it says anything else; tell whether it does."""
    made = written(context, note.row, note.notetype, card, note.media, log)
    if not says_else(content, made):
        return False
    context.report.counts["cards.updated"] += 1
    batch.changed.append((content, made))
    return True
