"""Every row of the retention table: what is older goes, what is younger stays."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from accounts.models import DataArchive, Device, Erasure, Mailing, User
from accounts.queries.learners import learner_of
from chat.models import Conversation, Event, Message
from config.api.models import ApiKey, IdempotentAnswer
from config.celery import SCHEDULE, app
from config.embedded import backup, database
from config.jobs.models import Job
from config.outbox import stream
from config.outbox.models import DeadLetter, OutboxEntry, ProcessedEvent
from config.retention import RELAY, RULES, Rule, kept
from config.settings import home
from config.speech import storage as sounds
from config.speech.commands import Wanted, order_speech
from config.speech.models import Speech
from ocr import storage
from ocr.models import Scan
from review.import_models import Import
from review.read_models import SUMS, DayCategory
from tests.ocr import images
from tests.ocr.conftest import sent

pytestmark = pytest.mark.django_db
MARGIN = timedelta(minutes=30)  # between what is old and what is young
IsThere = Callable[[], bool]
Make = Callable[[User, datetime], IsThere]


def _row(row: Model, **at: Any) -> IsThere:
    """A row whose moment is set past what the model would write."""
    rows = type(row)._base_manager.filter(pk=row.pk)
    rows.update(**at)
    return rows.exists


def _outbox(_: User, at: datetime) -> IsThere:
    return _row(OutboxEntry.objects.create(events=[]), published_at=at)


def _handled(_: User, at: datetime) -> IsThere:
    row = ProcessedEvent.objects.create(handler="h", event_id=uuid4())
    return _row(row, processed_at=at)


def _dead(_: User, at: datetime) -> IsThere:
    row = DeadLetter.objects.create(handler="h", event_type="t", event={}, attempts=5, error="")
    return _row(row, replayed_at=at)


def _answer(user: User, at: datetime) -> IsThere:
    row = IdempotentAnswer.objects.create(
        user_id=user.pk, key=uuid4().hex, request_sha256="", status=200, body="", created_at=at
    )
    return _row(row, created_at=at)


def _api_key(user: User, at: datetime) -> IsThere:
    row = ApiKey.objects.create(user=user, name="k", key_sha256=uuid4().hex, scopes=[])
    return _row(row, revoked_at=at)


def _job(_: User, at: datetime) -> IsThere:
    return _row(Job.objects.create(task="t", state="failed"), finished_at=at)


def _device(user: User, at: datetime) -> IsThere:
    return _row(Device.objects.create(user=user, refresh_jti=uuid4(), last_used_at=at))


def _session(_: User, at: datetime) -> IsThere:
    row = Session.objects.create(session_key=uuid4().hex, expire_date=at + kept("sessions"))
    return _row(row)


def _original(user: User, at: datetime) -> IsThere:
    scan = sent(learner_of(user), images.encoded(images.drawn((40, 40 + at.hour)), "JPEG"))
    Scan.objects.filter(pk=scan.pk).update(created_at=at)
    Job.objects.filter(pk=scan.job_id).update(state="succeeded")
    return lambda: default_storage.exists(str(scan.file))


def _chunk(user: User, at: datetime) -> IsThere:
    talk = Conversation.objects.create(user=user, created_at=at, said_at=at)
    reply = Message.objects.create(
        user=user, conversation=talk, position=1, role="tutor", state="done", created_at=at,
        ended_at=at,
    )  # fmt: skip
    row = Event(conversation=talk, message=reply, number=1, kind="chunk", created_at=at)
    row.save()
    return Event.objects.filter(pk=row.pk).exists


def _stray(_: User, at: datetime) -> IsThere:
    name = storage.original_name(storage.sha256_of(str(at).encode()), "jpg")
    default_storage.save(name, ContentFile(b"stray"))
    file = default_storage._resolve(name)  # type: ignore[attr-defined]
    file.modified_time = at
    return lambda: default_storage.exists(name)


def _import(user: User, at: datetime) -> IsThere:
    name = default_storage.save("imports/package.apkg", ContentFile(b"package"))
    job = Job.objects.create(task="t", state="succeeded")
    row = Import.objects.create(
        user=user, job=job, kind=Import.Kind.ANKI, file=name, byte_count=7, is_dry_run=True
    )
    _row(row, created_at=at)
    return lambda: default_storage.exists(name)


def _speech(user: User, at: datetime) -> IsThere:
    row = order_speech(user_id=user.pk, wanted=Wanted(f"It is {at:%H:%M %A}."), now=at)
    name = sounds.name_of(row.sha256)
    sounds.keep(b"sound", name)
    return lambda: default_storage.exists(name) and Speech.objects.filter(pk=row.pk).exists()


def _day(user: User, at: datetime) -> IsThere:
    sums = dict.fromkeys(SUMS, 1)
    day = at.date()
    DayCategory.objects.create(user_id=user.pk, category_id=1, local_day=day, **sums)
    return DayCategory.objects.filter(user_id=user.pk, local_day=day).exists


def _backup(_: User, at: datetime) -> IsThere:
    folder = home.home() / "backups" / f"{at:%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True)
    (folder / backup.MANIFEST).touch()
    os.utime(folder, (at.timestamp(), at.timestamp()))
    return folder.exists


def _archive(alice: User, at: datetime) -> IsThere:
    ended = Job.objects.create(task="t", user=alice, state="succeeded")
    name = default_storage.save("archives/a.zip", ContentFile(b"zip"))
    row = DataArchive.objects.create(user=alice, job=ended, kind="export", file=name)
    _row(row, created_at=at)
    return lambda: default_storage.exists(name)


def _erasure(_: User, at: datetime) -> IsThere:
    user = User.objects.create_user(f"{uuid4().hex}@example.com")
    due = at + kept("erasures")
    return _row(Erasure.objects.create(user=user, requested_at=at, due_at=due), requested_at=at)


def _mailing(_: User, at: datetime) -> IsThere:
    user = User.objects.create_user(f"{uuid4().hex}@example.com")
    row = Mailing(user=user, kind="reminder", local_day=at.date(), due_at=at, try_at=at)
    row.save()
    return _row(row, due_at=at)


MADE: dict[str, Make] = {
    "mailings": _mailing,
    "archives": _archive,
    "erasures": _erasure,
    "outbox": _outbox,
    "handled_events": _handled,
    "dead_letters": _dead,
    "idempotency": _answer,
    "api_keys": _api_key,
    "jobs": _job,
    "devices": _device,
    "sessions": _session,
    "originals": _original,
    "strays": _stray,
    "chunks": _chunk,
    "imports": _import,
    "speech": _speech,
    "days": _day,
    "backups": _backup,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_old_goes_and_what_is_young_stays(
    rule: Rule, alice: User, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if rule.entry == RELAY:
        assert rule.name == "stream"  # the next test
        return
    app.loader.import_default_modules()
    settings.OCR_ORIGINALS_DAYS = 30
    settings.RESEE_BACKUP_DAYS = 7
    monkeypatch.setattr(home, "home", lambda: tmp_path)
    monkeypatch.setattr(database, "dump", lambda _, path: path.touch())  # seconds, else
    now = timezone.now()
    margin = max(MARGIN, timedelta(days=1) if rule.name == "days" else MARGIN)
    old = MADE[rule.name](alice, now - kept(rule.name) - margin)
    young = MADE[rule.name](alice, now - kept(rule.name) + margin)
    assert old()
    app.tasks[SCHEDULE[rule.entry]["task"]].run()
    assert not old()
    assert young()


def test_what_every_group_has_had_leaves_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "KEY", f"events-{uuid4().hex}")
    stream.create_group("all")
    stream.send([{"type": "old"}, {"type": "young"}])
    ((old, _),) = stream.read("all", "one", count=1)
    ((young, _),) = stream.read("all", "one", count=1)
    stream.acknowledge("all", old)
    try:
        assert stream.trim() == 1
        left: Any = stream.client().xrange(stream.KEY)
        assert [entry_id for entry_id, _ in left] == [young]
    finally:
        stream.client().delete(stream.KEY)


def test_a_clock_that_tidies_up_stands_in_the_table() -> None:
    tidying = {name for name in SCHEDULE if name.startswith(("prune-", "sweep-"))}
    assert tidying - {rule.entry for rule in RULES} == set()


def test_a_setting_of_0_keeps_for_ever(alice: User, settings: Any) -> None:
    app.loader.import_default_modules()
    settings.OCR_ORIGINALS_DAYS = 0
    old = _original(alice, timezone.now() - timedelta(days=4000))
    app.tasks["ocr.tasks.prune_originals"].run()
    assert old()


def test_a_job_that_a_scan_refers_to_stays(alice: User) -> None:
    app.loader.import_default_modules()
    scan = sent(learner_of(alice))
    long_ago = timezone.now() - timedelta(days=400)
    Job.objects.filter(pk=scan.job_id).update(state="succeeded", finished_at=long_ago)
    app.tasks["config.operations.tasks.prune_jobs"].run()
    assert Job.objects.filter(pk=scan.job_id).exists()
