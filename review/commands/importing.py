"""Importing an Anki package batch by batch: each is stored whole or not at all, and never twice.

One delivery of the task works for UNIT_SECONDS and hands the rest on. A dry run goes the same way
and stores nothing but its report.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.core.files.storage import default_storage
from django.db import connection, transaction

from accounts.queries.learners import learner
from config.errors import Invalid
from config.jobs.leases import Clock, Lease, finish, report
from config.jobs.work import CannotBeDone, MoreToDo, do_unit
from config.outbox.publish import publish
from review import stat_cache
from review.anki.archive import Archive
from review.anki.collection import Collection
from review.anki.notetypes import DEFAULT_DECK, Notetype
from review.commands.categories import categories_at
from review.commands.clock import tick
from review.commands.import_ahead import batches_ahead
from review.commands.import_context import Context, Place, Report
from review.commands.import_media import import_media
from review.commands.import_storing import store
from review.commands.imports import discard
from review.events import HistoryImported
from review.import_models import AnkiNotetype, Import
from review.models import LearnerClock
from review.parameters import chosen

UNIT_SECONDS = 10.0
FACTS_A_BATCH = 10_000  # a transaction that writes for long holds back the read models
NOTES_A_BATCH = 500
_MEDIA_PERCENT = 20
_HOLD = """
SELECT set_config('synchronous_commit', 'off', true),
       pg_advisory_xact_lock(hashtext('review_import'), %s)
"""


class _Unit(NamedTuple):
    """One delivery's work: under which lease, until when, and how it tells the time."""

    lease: Lease
    until: float
    clock: Clock


def import_anki(*, job_id: UUID, import_id: UUID, clock: Clock) -> None:
    """Import the package, unless another delivery does or has; it ends as its job says."""
    do_unit(job_id=job_id, work=partial(_work, import_id=import_id, clock=clock), clock=clock)


def _work(lease: Lease, *, import_id: UUID, clock: Clock) -> None:
    imported = Import.objects.get(public_id=import_id)
    unit = _Unit(lease, time.monotonic() + UNIT_SECONDS, clock)
    try:
        with _opened(imported) as (archive, collection):
            context = _context(imported, collection, clock())
            _media(unit, imported, archive, context)
            _places(context)
            _notes(unit, imported, context)
    except FileNotFoundError:
        raise CannotBeDone("file_missing", "The uploaded file is gone: send it again.") from None
    except Invalid as error:
        _discard(imported)
        raise CannotBeDone(error.code, error.detail) from error
    with transaction.atomic():
        finish(lease=lease, now=clock())
        if not imported.is_dry_run:
            _discard(imported)


@contextmanager
def _opened(imported: Import) -> Iterator[tuple[Archive, Collection]]:
    with TemporaryDirectory(prefix="import-") as folder:
        archive = Archive(_local(str(imported.file), Path(folder)))
        try:
            unpacked = Path(folder) / "collection"
            archive.unpack_collection(unpacked)
            collection = Collection(unpacked)
            try:
                yield archive, collection
            finally:
                collection.close()
        finally:
            archive.close()


def _local(name: str, folder: Path) -> Path:
    """Return the package's path on this machine; FileNotFoundError."""
    if not name:
        raise FileNotFoundError(name)
    with suppress(NotImplementedError):
        path = Path(default_storage.path(name))
        if path.is_file():
            return path
    path = folder / "package"
    with default_storage.open(name) as source, path.open("wb") as to:
        shutil.copyfileobj(source, to)
    return path


def _context(imported: Import, collection: Collection, now: datetime) -> Context:
    return Context(
        learner(imported.user_id),
        imported.pk,
        imported.public_id,
        is_dry_run=imported.is_dry_run,
        began_at=imported.created_at,
        collection=collection,
        now=now.replace(microsecond=now.microsecond // 1000 * 1000),
        report=Report.of_json(imported.report),
    )


def _media(unit: _Unit, imported: Import, archive: Archive, context: Context) -> None:
    """Store the package's media, a few at a time."""
    names = sorted(archive.media().items())
    while (done := int(imported.cursor.get("media", 0))) < len(names):
        taken = import_media(context, archive, names[done:])
        stage = f"medium {done + taken} of {len(names)}"
        percent = _MEDIA_PERCENT * done // len(names)
        with transaction.atomic():
            _save(unit, imported, context, (stage, percent), media=done + taken)
        _check_time(unit)


def _places(context: Context) -> None:
    """Make the categories of the decks that have cards; remember the note types."""
    definitions = {key: _definition(each) for key, each in context.collection.notetypes.items()}
    context.digests = {
        key: sha256(orjson.dumps(definition)).hexdigest()[:32]
        for key, definition in definitions.items()
    }
    if context.is_dry_run:
        return
    decks = context.collection.decks
    used = context.collection.decks_with_cards()
    paths = {key: decks[key].path if key in decks else [DEFAULT_DECK] for key in used}
    made = categories_at(learner=context.learner, paths=list(paths.values()))
    clock = LearnerClock.objects.filter(user_id=context.learner.id).first()
    own = clock.parameters_id if clock else None
    for key, path in paths.items():
        category = made[tuple(path)]
        place = Place(category.pk, chosen(category.applied_parameters_id, own))
        context.places[key] = place
    AnkiNotetype.objects.bulk_create(
        [
            AnkiNotetype(
                user_id=context.learner.id, digest=context.digests[key], definition=definition
            )
            for key, definition in definitions.items()
        ],
        ignore_conflicts=True,
    )


def _definition(notetype: Notetype) -> dict[str, Any]:
    templates = [[each.name, each.question, each.answer] for each in notetype.templates]
    return {
        "id": notetype.id,
        "name": notetype.name,
        "is_cloze": notetype.is_cloze,
        "fields": list(notetype.fields),
        "templates": templates,
        "css": notetype.css,
    }


def _notes(unit: _Unit, imported: Import, context: Context) -> None:
    """Import the notes, a batch a transaction."""
    collection = context.collection
    total, log_total = collection.count("notes"), collection.count("revlog")
    size = max(10, min(NOTES_A_BATCH, FACTS_A_BATCH * total // max(log_total, 1)))
    with batches_ahead(context, int(imported.cursor.get("note", -1 << 62)), size) as ahead:
        for batch in ahead:
            notes = batch.notes.rows.notes
            done = int(imported.cursor.get("done", 0)) + len(notes)
            percent = _MEDIA_PERCENT + (99 - _MEDIA_PERCENT) * done // max(total, 1)
            with transaction.atomic():
                _begin(context)
                cards, facts = store(context, batch)
                told = f"note {done} of {total}", min(percent, 99)
                _save(unit, imported, context, told, note=notes[-1].id, done=done)
                if not context.is_dry_run and (cards or facts):
                    _tell(context, cards, facts)
            _check_time(unit)


def _begin(context: Context) -> None:
    """Let one import of a learner write at a time: what one stores the other finds.

    No batch waits for the disk: one that a crash takes back takes the cursor back with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [context.learner.id % (1 << 31)])


def _tell(context: Context, cards: int, facts: int) -> None:
    seq = tick(context.learner.id, facts) if facts else 0
    publish(
        HistoryImported(
            learner_id=context.learner.public_id,
            import_id=context.public_id,
            facts_seq=seq,
            new_card_count=cards,
            review_count=facts,
            occurred_at=context.now,
        )
    )
    if facts:
        transaction.on_commit(partial(stat_cache.forget, context.learner.id))


def _save(
    unit: _Unit, imported: Import, context: Context, told: tuple[str, int], **cursor: int
) -> None:
    """Remember how far the import is; LeaseLost, and nothing is stored, where it is another's."""
    report(lease=unit.lease, stage=told[0], percent=told[1], now=unit.clock())
    imported.cursor |= cursor
    imported.report = context.report.as_json()
    imported.save(update_fields=["cursor", "report"])


def _check_time(unit: _Unit) -> None:
    if time.monotonic() > unit.until:
        raise MoreToDo


def _discard(imported: Import) -> None:
    Import.objects.filter(pk=imported.pk).update(file="")
    transaction.on_commit(partial(discard, str(imported.file)))
