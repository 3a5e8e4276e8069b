"""All of a learner's data out, gone, and back."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.commands import archives, avatars, erasure
from accounts.commands.notifications import change_notifications
from accounts.models import DataArchive, Erasure, User
from accounts.queries.learners import learner_of
from config.ai import budget
from config.jobs.models import Job
from config.operations import archive_format, archive_reader, archive_writer
from config.operations.personal_data import Fate, Person, uncovered
from config.outbox import stream
from config.outbox.models import DeadLetter, OutboxEntry
from config.outbox.subscribe import subscriptions
from config.retention import kept
from review import projections
from review.queries.statistics import dashboard
from review.read_models import SUMS, DayCategory, UserDay
from tests import make
from tests.accounts import scan
from tests.client import ApiClient
from tests.isolation.world import World
from tests.ocr import images

pytestmark = pytest.mark.django_db


def _person(user: User) -> Person:
    return Person(user.pk, user.public_id, user.email)


def _everywhere(world: World) -> None:
    """Let there be something of the owner where commands of the world leave nothing."""
    owner, learner = world.owner, learner_of(world.owner)
    change_notifications(learner=learner, changes={"is_reminded": False})
    avatar = avatars.set_avatar(learner=learner, data=images.png(), now=timezone.now())
    assert avatar.job is not None
    avatars.make_avatar(
        job_id=avatar.job.public_id, version=avatar.version, clock=timezone.now
    )  # and the sizes
    default_storage.delete(str(avatar.upload))  # as at the commit
    day = {"user_id": owner.pk, "local_day": timezone.now().date(), **dict.fromkeys(SUMS, 1)}
    DayCategory.objects.create(category_id=1, **day)
    UserDay.objects.create(**day)
    projections.refresh()
    dashboard(learner, now=timezone.now())  # fills the cache
    budget.reserve(owner.public_id, 10)
    event = {
        "id": str(uuid4()),
        "type": "t.T",
        "version": 1,
        "data": {"learner_id": str(owner.public_id)},
    }
    stream.send([event])
    DeadLetter.objects.create(handler="h", event_type="t.T", event=event, attempts=5, error="e")
    ApiClient(owner)._client.get("/api/v1/me/", headers={})


def _needles(world: World) -> list[str]:
    own = [world.mark, str(world.owner.public_id)]
    return own + [str(value) for value in world.ids.values() if isinstance(value, UUID)]


def _erase(user: User) -> None:
    now = timezone.now()
    wish = erasure.request_erasure(learner=learner_of(user), email=user.email, now=now)
    assert erasure.erase_due(now=wish.due_at - timedelta(seconds=1)) == 0
    assert erasure.erase_due(now=wish.due_at) == 1


def test_every_table_says_whose_its_rows_are() -> None:
    assert uncovered(scan.tables()) == []
    assert uncovered(["a_new_table"]) == ["a_new_table: no model"]


def api_file(world: World) -> Any:
    return ApiClient(world.owner).get(f"/media/{world.ids['medium_id']}/")


def test_nothing_of_the_erased_is_left_and_others_are_untouched() -> None:
    before = set(scan.files())
    world, other = World(), World()
    _everywhere(world)
    needles = _needles(world)
    api_file(other)
    others, files = other.state(), set(scan.files())
    assert {hit.partition(":")[0] for hit in scan.in_rows(world.owner.pk, needles)} >= {
        "accounts_user", "review_content", "review_recent_day.user_id", "jobs_job.user_id",
        "outbox_outboxentry", "outbox_deadletter", "account_emailaddress",
        "accounts_avatar.user_id", "a session",
    }  # fmt: skip
    assert len(scan.in_redis(needles)) >= 2
    assert files - before
    _erase(world.owner)
    assert scan.in_rows(world.owner.pk, needles) == []
    assert scan.in_redis(needles) == []
    assert other.state() == others
    assert api_file(other).status_code == 200  # the same file as the erased one's
    _erase(other.owner)
    assert set(scan.files()) <= before


def _export(user: User) -> dict[str, bytes]:
    to = io.BytesIO()
    archive_writer.write(_person(user), to, now=timezone.now())
    with zipfile.ZipFile(to) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(members: dict[str, bytes]) -> bytes:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return to.getvalue()


def _bring(user: User, members: dict[str, bytes]) -> Job:
    """Send an archive and let its job do all its units."""
    file = io.BytesIO(_zip(members))
    row = archives.accept_archive(learner=learner_of(user), file=file)
    while row.job.state == Job.State.QUEUED:
        archives.bring_back(job_id=row.job.public_id, archive_id=row.public_id, clock=timezone.now)
        row.job.refresh_from_db()
    return row.job


def _restored() -> list[str]:
    return [
        archive_format.name_of(model)
        for model, fate in archive_format.members()
        if fate is Fate.RESTORED
    ]


def test_what_was_exported_comes_back_the_same(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(archives, "UNIT_SECONDS", 0.0)  # every chunk is a unit of its own
    monkeypatch.setattr(archive_reader, "CHUNK", 1)
    world = World()
    _everywhere(world)
    first = _export(world.owner)
    told = first["rows/accounts.User.jsonl"].decode()
    assert world.mark in told
    assert "password" not in told
    _erase(world.owner)
    back = make.user("back@example.com")
    assert _bring(back, first).error_detail == ""
    again = _export(back)
    names = _restored()
    assert sum(first[name].count(b"\n") for name in names) >= 20
    assert {name: again[name] for name in names} == {name: first[name] for name in names}
    assert {n for n in again if n.startswith("files/")} == {
        n for n in first if n.startswith("files/")
    }
    assert not Job.objects.filter(user=back, state=Job.State.QUEUED).exists()
    world.ids["content_id"] = UUID(
        json.loads(first["rows/review.Content.jsonl"].splitlines()[0])["public_id"]
    )
    assert ApiClient(back).get(f"/contents/{world.ids['content_id']}/").status_code == 200


def test_an_archive_comes_into_an_empty_account_once() -> None:
    world = World()
    members = _export(world.owner)
    with pytest.raises(archive_reader.AccountNotEmpty):
        _bring(world.owner, members)
    stranger = make.user("stranger@example.com")
    assert _bring(stranger, members).error_code == "rows_elsewhere"
    assert DataArchive.objects.get(user=stranger).file


def _damaged(members: dict[str, bytes], name: str, **fields: Any) -> dict[str, bytes]:
    row = json.loads(members[name].splitlines()[0]) | fields
    return {**members, name: json.dumps(row).encode() + b"\n"}


FORGED: list[tuple[str, dict[str, Any]]] = [
    ("review.Content", {"category": 7}),
    ("review.Content", {"category": -1}),
    ("review.Content", {"category": "=1"}),
    ("review.Content", {"front": None}),
    ("review.Content", {"front": "a\0b"}),
    ("review.Content", {"public_id": "no id"}),
    ("review.ReviewHistory", {"rating": 9}),
    ("review.ReviewHistory", {"local_hour": 2**40}),
    ("review.Medium", {"file": "../../etc/passwd"}),
    ("review.Medium", {"file": "files/" + "0" * 64 + ".png"}),
    ("review.Medium", {"media_type": "audio/ogg"}),
    ("ocr.Scan", {"sha256": "1" * 64}),
    ("exams.LevelTest", {"item": "=no such"}),
    ("exams.Question", {"options": "a"}),
]


def test_a_forged_archive_fails_with_the_line() -> None:
    world = World()
    members = _export(world.owner)
    _erase(world.owner)
    back = make.user("back@example.com")
    for name, fields in FORGED:
        with transaction.atomic():
            job = _bring(back, _damaged(members, f"rows/{name}.jsonl", **fields))
            assert (job.state, job.error_code) == (Job.State.FAILED, "archive_damaged"), fields
            assert name in job.error_detail or "files/" in job.error_detail, fields
            transaction.set_rollback(True)


def test_no_archive_brings_work_to_be_done() -> None:
    world = World()
    forged = {"state": "queued", "task": "accounts.tasks.erase_due", "arguments": {"a": 1}}
    members = _damaged(_export(world.owner), "rows/jobs.Job.jsonl", **forged)
    _erase(world.owner)
    back = make.user("back@example.com")
    job = _bring(back, members)
    assert set(Job.objects.exclude(pk=job.pk).values_list("task", "state")) <= {
        ("restored", "failed"), (job.task, job.state),
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"PK", _zip({}), _zip({"manifest.json": b"[]"})])
def test_what_is_no_archive_is_refused(api: ApiClient, data: bytes) -> None:
    answer = api.upload("/account/archives/import/", file=SimpleUploadedFile("a.zip", data))
    assert (answer.status_code, answer.json()["code"]) == (422, "archive_damaged")


def test_an_archive_is_made_by_a_job_and_fetched(api: ApiClient, bobs_api: ApiClient) -> None:
    made = api.post("/account/archives/")
    assert made.status_code == 202
    assert api.post("/account/archives/").json()["code"] == "archive_in_the_making"
    row = DataArchive.objects.get()
    address = f"/account/archives/{row.public_id}/"
    assert api.get(f"{address}file/").status_code == 404
    archives.write_archive(job_id=row.job.public_id, archive_id=row.public_id, clock=timezone.now)
    assert api.get(address).json()["is_there"]
    answer = api.get(f"{address}file/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert json.loads(archive.read("manifest.json"))["format"] == "resee"
    assert bobs_api.get(f"{address}file/").status_code == bobs_api.get(address).status_code == 404
    archives.prune(now=timezone.now() + kept("archives"))
    assert api.get(f"{address}file/").status_code == 404


def test_the_wish_to_be_erased_logs_out_and_can_be_taken_back(api: ApiClient, alice: User) -> None:
    assert api.post("/account/deletion/", {"email": "bob@example.com"}).status_code == 422
    answer = api.post("/account/deletion/", {"email": " Alice@example.com "})
    assert answer.status_code == 202
    assert api.get("/me/").status_code == 401
    api = ApiClient(User.objects.get(pk=alice.pk))
    assert api.get("/account/deletion/").json() == answer.json()
    assert api.delete("/account/deletion/").status_code == 204
    assert api.get("/account/deletion/").status_code == 404
    assert api.delete("/account/deletion/").status_code == 404
    assert erasure.erase_due(now=timezone.now() + timedelta(days=99)) == 0


def test_the_address_is_told_of_the_erasure(alice: User) -> None:
    alice.native_language = "ko"
    alice.save()
    now = timezone.now()
    wish = erasure.request_erasure(learner=learner_of(alice), email=alice.email, now=now)
    erasure.request_erasure(learner=learner_of(alice), email=alice.email, now=now)
    entry = OutboxEntry.objects.get()
    subscriptions()["accounts.handlers.tell_of_erasure"].handle(entry.events[0])
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([alice.email], "계정이 삭제될 예정입니다")
    assert f"{wish.due_at:%Y-%m-%d %H:%M} UTC" in message.body


def test_staff_give_their_rights_back_first(alice: User) -> None:
    alice.is_staff = True
    alice.save()
    with pytest.raises(erasure.StaffStay):
        erasure.request_erasure(learner=learner_of(alice), email=alice.email, now=timezone.now())
    assert not Erasure.objects.exists()
