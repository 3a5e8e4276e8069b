"""One batch of notes from Anki: what is new becomes rows, what is newer there is told apart.

Nothing is stored here, and nothing is read but in ``look_up``. A note is known by its guid, a card
by its template, a review by its moment; so a second import finds everything there.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from config.identifiers import new_public_id
from review.anki.collection import Batch as Rows
from review.anki.collection import CardRow, NoteRow
from review.anki.field_filters import text
from review.anki.identities import exported_id
from review.anki.log import NO_LOG, Log, logs_of
from review.anki.memory import Memory, memory_of
from review.anki.notetypes import Notetype
from review.anki.rendering import media_names
from review.commands.import_cards import Written, content_row, deck_path, schedule_row, written
from review.commands.import_context import Context, Place, Report
from review.commands.import_facts import OfCard
from review.commands.import_known import Returning, says_else
from review.commands.import_moves import Moved, moved
from review.commands.import_rows import KnownContent, known_contents, new_keys
from review.import_models import Medium
from review.parameters import DEFAULT_ID

CARDS_OF_NOTE_MAX = 1_000
KEYS_AT_ONCE = 2_000
_NO_PLACE = Place(0, DEFAULT_ID)


class Notes(NamedTuple):
    """Notes as they were read; by note, the ids the learner may have it under, and its media."""

    rows: Rows
    ids: list[tuple[UUID, UUID | None]]
    media: list[list[str]]


class Found(NamedTuple):
    """What the learner has of some notes: their contents, and the media they name."""

    contents: list[KnownContent]
    media: dict[str, dict[str, str]]


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
class Batch:
    """Notes that are ready to be stored, as long as the learner has what was ``found`` of them."""

    notes: Notes
    found: Found
    report: Report = field(default_factory=Report)
    returning: list[Returning] = field(default_factory=list)
    changed: list[tuple[KnownContent, Written]] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    new: list[_New] = field(default_factory=list)
    fact_count: int = 0
    facts: bytes = b""
    contents: bytes = b""
    schedules: bytes = b""


def named(context: Context, rows: Rows) -> Notes:
    """Return the notes with what they may be known by."""
    ids = [_ids(context, row) for row in rows.notes]
    return Notes(rows, ids, [media_names(row.fields) for row in rows.notes])


def look_up(context: Context, notes: Notes, *, is_guess: bool = False) -> Found:
    """Return what the learner has of the notes; a guess asks only who had anything before."""
    if is_guess and not context.had_contents:
        return Found([], _media(context, notes))
    note_ids, own = [note_id for note_id, _ in notes.ids], [own for _, own in notes.ids if own]
    return Found(known_contents(context.learner, note_ids, own), _media(context, notes))


def keys_for(context: Context, notes: Notes) -> Sequence[int]:
    """Return as many keys of contents as the notes may need."""
    count = sum(len(row.cards) for row in notes.rows.notes)
    if context.is_dry_run:
        return range(count)
    if len(context.keys) < count:
        context.keys += new_keys(max(count, KEYS_AT_ONCE))
    taken, context.keys = context.keys[:count], context.keys[count:]
    return taken


def prepared(context: Context, notes: Notes, found: Found, keys: Sequence[int]) -> Batch:
    """Return the notes ready to be stored; asks nobody anything, so any thread may do it."""
    batch, rows = Batch(notes, found), notes.rows
    latest = int((context.now + timedelta(days=1)).timestamp() * 1000)
    logs = logs_of(rows.log, scheduler=context.collection.scheduler, latest_ms=latest)
    for note in _sorted_out(context, batch):
        was = _take(context, note, logs, batch)
        batch.report.counts[f"notes.{was}"] += 1
    _pack(context, batch, keys)
    return batch


def _pack(context: Context, batch: Batch, keys: Sequence[int]) -> None:
    """Make the rows of new cards."""
    new = batch.new
    cards = [
        OfCard(key, new_public_id(), *each.place) for key, each in zip(keys, new, strict=False)
    ]
    memories = [_memory(context, each) for each in new]
    contents, schedules = [], []
    for each, of_card, came_with in zip(new, cards, memories, strict=True):
        made = _written(context, each.note, each.card, each.log, batch)
        contents.append(content_row(context, of_card, each.note.note_id, made))
        schedules.append(schedule_row(context, of_card, each.card, each.log, came_with))
    batch.fact_count = sum(len(each.log.answers) for each in new)
    batch.fact_count += sum(each is not None for each in memories)
    if not context.is_dry_run:
        batch.facts = b"".join(_facts(context, new, cards, memories))
        batch.contents = "".join(contents).encode()
        batch.schedules = "".join(schedules).encode()


def _memory(context: Context, new: _New) -> Memory | None:
    rules, _ = context.rules[new.place.parameters_id]
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


def _sorted_out(context: Context, batch: Batch) -> Iterator[_Note]:
    """Yield the notes that make cards; the report says why others do not."""
    known: dict[UUID, dict[int, KnownContent]] = defaultdict(dict)
    for content in batch.found.contents:
        ordinal = content.source.get("anki", {}).get("ord", 0)
        known[content.note_id].setdefault(ordinal, content)
        known[content.public_id].setdefault(ordinal, content)
    media = batch.found.media
    seen: set[UUID] = set()
    notes = batch.notes
    for row, (note_id, own), names in zip(notes.rows.notes, notes.ids, notes.media, strict=True):
        notetype = context.collection.notetypes.get(row.notetype_id)
        if reason := _refusal(row, notetype, is_seen=note_id in seen):
            batch.report.counts["notes.skipped"] += 1
            batch.report.refuse("note", row.fields[0] or row.id, reason)
            continue
        seen.add(note_id)
        assert notetype is not None
        row.cards = list({card.ordinal: card for card in row.cards}.values())
        theirs = known.get(own) if own else None
        pictures = [media[name] for name in names if name in media]
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


def _media(context: Context, notes: Notes) -> dict[str, dict[str, str]]:
    """Return what contents keep of the media that the notes name, by name."""
    names = {name[:255] for each in notes.media for name in each}
    if not names:
        return {}
    found = Medium.objects.filter(
        user_id=context.learner.id, name__in=names, seen_in=context.import_id
    ).values_list("name", "public_id", "media_type")
    return {
        name: {"name": name, "id": str(public_id), "media_type": media_type}
        for name, public_id, media_type in found
    }


def _take(context: Context, note: _Note, logs: Mapping[int, Log], batch: Batch) -> str:
    """Add a note's cards to the batch; return whether it is new, updated or unchanged."""
    is_updated = False
    for card in note.row.cards:
        log = logs.get(card.id, NO_LOG)
        if log.refused_count:
            batch.report.counts["reviews.refused"] += log.refused_count
            batch.report.refuse("card", note.row.fields[0], "reviews of it make no sense")
        place = context.places.get(card.original_deck_id or card.deck_id, _NO_PLACE)
        if content := note.known.get(card.ordinal):
            batch.returning.append(Returning(content, card, log, place))
            if move := moved(context, content, deck_path(context, card), place):
                batch.moved.append(move)
                batch.report.counts["cards.moved"] += 1
            if move or _is_newer(context, note, content):
                is_updated |= _compare(context, note, card, log, content, batch)
            is_updated |= move is not None
            continue
        is_updated = True
        batch.report.counts["cards.new"] += 1
        batch.report.counts["reviews.new"] += len(log.answers)
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
    context: Context, note: _Note, card: CardRow, log: Log, content: KnownContent, batch: Batch
) -> bool:
    """Add a known card's text to the batch where it says anything else; tell whether it does."""
    made = _written(context, note, card, log, batch)
    if not says_else(content, made):
        return False
    batch.report.counts["cards.updated"] += 1
    batch.changed.append((content, made))
    return True


def _written(context: Context, note: _Note, card: CardRow, log: Log, batch: Batch) -> Written:
    made = written(context, note.row, note.notetype, card, note.media, log)
    if made.sides.problem:
        batch.report.refuse("card", text(note.row.fields[0]), made.sides.problem)
    return made
