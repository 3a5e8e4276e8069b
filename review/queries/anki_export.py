"""A learner's cards as an Anki package: notes, media, the review log, FSRS states."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.queries.learners import Learner
from config.errors import Invalid
from review import media_files
from review.access import categories_of, category_of, contents_of
from review.anki.memory import Calendar
from review.anki.notetypes import Notetype, Template
from review.anki.writing import DEFAULT_CONFIG, Header, Writer, pack
from review.days import day_starts_at
from review.import_models import AnkiNotetype, Medium
from review.models import Category, Content, LearnerClock, ReviewHistory
from review.parameters import DEFAULT_ID, chosen, parameters
from review.queries.anki_cards import OWN_NOTETYPE, card_out, is_as_it_came, made_at_ms, note_out
from review.queries.contents import category_and_below

FIRST_DAY = date(2006, 10, 5)  # due days are counted from it: Anki's first release
AT_ONCE_MAX = 2000  # cards, in a request
_CHUNK = 500
_DAY_SECONDS = 86_400
_KINDS = {0: 0, 1: 0, 2: 1, 3: 2}
_LOG_COLUMNS = (
    "reviewed_at", "content_id", "rating", "taken_ms", "due_at", "interval_before_days",
    "stage_before", "imported",
)  # fmt: skip


class TooManyCards(Invalid):
    """More than are written while the caller waits."""

    code = "too_many_cards"


def exported(
    learner: Learner, *, category_id: UUID | None = None, content_ids: Collection[UUID] = ()
) -> QuerySet[Content]:
    """Return all cards, a category's with those below it, or some; CategoryNotFound."""
    rows = contents_of(learner).filter(schedule__isnull=False, archived_at=None)
    if category_id:
        category_of(learner, category_id)
        rows = rows.filter(category_id__in=category_and_below(learner, category_id))
    if content_ids:
        rows = rows.filter(public_id__in=content_ids)
    return rows


def check_count(learner: Learner, **selection: Any) -> None:
    """Raise TooManyCards where a job has to write the package."""
    if exported(learner, **selection).count() > AT_ONCE_MAX:
        raise TooManyCards(
            f"These are more than {AT_ONCE_MAX:,} cards: POST, and a job writes the package."
        )


def write_package(
    learner: Learner,
    to: Path,
    *,
    now: datetime,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    **selection: Any,
) -> int:
    """Write a package of what ``exported`` selects; return how many cards. CategoryNotFound.

    ``tell`` hears every 500 cards how many are written, of how many. Memory does not grow with the
    history, but by 100 bytes a review.
    """
    rows = exported(learner, **selection)
    with TemporaryDirectory(prefix="export-") as folder:
        collection = Path(folder) / "collection"
        export = _Export(learner, collection, now)
        count = export.write(rows, tell)
        pack(collection, _Media(learner, export.media), to)
    return count


class _Export:
    """One package being written."""

    def __init__(self, learner: Learner, path: Path, now: datetime) -> None:
        self._learner, self._now, self._writer = learner, now, Writer(path)
        start = day_starts_at(FIRST_DAY, learner.time_zone, learner.rollover_hour)
        offset = start.astimezone(ZoneInfo(learner.time_zone)).utcoffset()
        west = -int(offset.total_seconds() // 60) if offset else 0
        created_at = int(start.timestamp())
        self._calendar = Calendar(created_at, west, learner.time_zone, learner.rollover_hour)
        self._header = Header(created_at, west, learner.rollover_hour, int(now.timestamp()))
        self._categories = {row.pk: row for row in categories_of(learner)}
        clock = LearnerClock.objects.filter(user_id=learner.id).first()
        self._own_rules = clock.parameters_id if clock else None
        self._notetypes = {
            row.digest: row for row in AnkiNotetype.objects.filter(user_id=learner.id)
        }
        self._notetype_ids: dict[str, int] = {}
        self._notes: dict[str, int] = {}
        self._used: dict[str, set[int]] = {"note": set(), "card": set(), "log": set()}
        self._cards: dict[int, int] = {}
        self.media: dict[str, str] = {}

    def write(self, rows: QuerySet[Content], tell: Callable[[int, int], None]) -> int:
        """Write the contents, in the order they were stored; return how many."""
        count, total = 0, rows.count()
        ordered = rows.select_related("schedule").order_by("pk").iterator(chunk_size=_CHUNK)
        while chunk := list(islice(ordered, _CHUNK)):
            for content in chunk:
                self._write(content)
            count += len(chunk)
            tell(count, total)
        for is_imported in (True, False):  # theirs keep their moments, ours give way
            self._writer.log(self._log(rows, is_imported=is_imported))
        self._writer.close(self._header)
        return count

    def _write(self, content: Content) -> None:
        anki = content.source.get("anki", {})
        notetype_id = self._notetype(anki.get("notetype", "") if is_as_it_came(content) else "")
        made_at = made_at_ms(content.public_id)
        as_it_came = is_as_it_came(content)
        note = note_out(content, notetype_id, 0)
        if note.guid not in self._notes:
            self._notes[note.guid] = self._key("note", anki["note"] if as_it_came else made_at)
            self._writer.note(note_out(content, notetype_id, self._notes[note.guid]))
        key = self._key("card", anki["card"]["id"] if as_it_came else made_at)
        category = self._categories[content.category_id]
        rules_id = chosen(category.applied_parameters_id, self._own_rules)
        deck_id = self._deck(category, anki.get("deck", ""), rules_id)
        keys = (key, self._notes[note.guid], deck_id)
        rules = parameters(rules_id)
        self._writer.card(card_out(content, keys, self._calendar, rules, self._now))
        self._cards[content.pk] = key
        others = [row for row in anki.get("log", []) if row[0] not in self._used["log"]]
        self._used["log"].update(row[0] for row in others)
        self._writer.log([(row[0], key, *row[1:]) for row in others])
        self.media |= {each["name"]: each["id"] for each in content.media}

    def _key(self, kind: str, wanted: int) -> int:
        """Return the number, or the next that is free."""
        used = self._used[kind]
        while wanted in used:
            wanted += 1
        used.add(wanted)
        return wanted

    def _notetype(self, digest: str) -> int:
        if digest not in self._notetype_ids:
            row = self._notetypes.get(digest)
            kind = _kind(row) if row else OWN_NOTETYPE
            key = kind.id
            while key in self._header.notetypes:
                key += 1
            self._header.notetypes[key] = kind
            self._notetype_ids[digest] = key
        return self._notetype_ids[digest]

    def _deck(self, category: Category, came_from: str, rules_id: int) -> int:
        """Return the deck of a category: with the name it had there, if it is still that one."""
        name = "::".join(each.replace("::", ":") for each in self._path(category))
        if came_from.replace("::", ":") == name.replace("::", ":"):
            name = came_from
        config = DEFAULT_CONFIG if rules_id == DEFAULT_ID else 1_000 + rules_id
        self._header.parameters[config] = parameters(rules_id)
        if name == "Default":
            return 1
        fresh = (1_700_000_000_000 + category.pk, config)
        taken = {key for key, _ in self._header.decks.values()}
        while name not in self._header.decks and fresh[0] in taken:
            fresh = (fresh[0] + 1_000_000_000, config)
        return self._header.decks.setdefault(name, fresh)[0]

    def _path(self, category: Category) -> list[str]:
        names = [category.name]
        while category.parent_id:
            category = self._categories[category.parent_id]
            names.append(category.name)
        return names[::-1]

    def _log(self, rows: QuerySet[Content], *, is_imported: bool) -> Iterator[tuple[int, ...]]:
        facts = ReviewHistory.objects.filter(
            content__in=rows, sign=1, undos=None, rating__isnull=False
        )
        facts = facts.filter(kind="import") if is_imported else facts.exclude(kind="import")
        ordered = facts.order_by("reviewed_at", "public_id").values_list(*_LOG_COLUMNS)
        for at, content_id, rating, taken_ms, due_at, before, stage, imported in ordered.iterator(
            chunk_size=10 * _CHUNK
        ):
            key = self._key("log", _milliseconds(at))
            if imported:
                kind, interval, last, factor = imported
            else:
                interval = _interval((due_at - at).total_seconds())
                last = _interval(before * _DAY_SECONDS)
                kind, factor = _KINDS[stage], 0
            yield key, self._cards[content_id], rating, interval, last, factor, taken_ms, kind


class _Media(Mapping[str, bytes]):
    """The files that exported contents name, each read when it is packed."""

    def __init__(self, learner: Learner, ids: Mapping[str, str]) -> None:
        rows = Medium.objects.filter(user_id=learner.id, public_id__in=list(ids.values()))
        self._files = {row.name: str(row.file) for row in rows}

    def __getitem__(self, name: str) -> bytes:
        return media_files.load(self._files[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _kind(row: AnkiNotetype) -> Notetype:
    kept = row.definition
    templates = [Template(*each) for each in kept["templates"]]
    return Notetype(
        kept["id"], kept["name"], kept["is_cloze"], kept["fields"], templates, kept["css"]
    )


def _interval(seconds: float) -> int:
    """Return days, or less than one as negative seconds, as Anki does."""
    if seconds >= _DAY_SECONDS:
        return round(seconds / _DAY_SECONDS)
    return -round(seconds)


def _milliseconds(at: datetime) -> int:
    return int(at.replace(microsecond=0).timestamp()) * 1000 + at.microsecond // 1000
