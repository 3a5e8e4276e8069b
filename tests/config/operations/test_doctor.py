"""Each way an installation ails is named in plain words, with what to do."""

import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from django_redis import get_redis_connection

from config.ai import llm_progress
from config.celery import app
from config.embedded import models
from config.jobs import canaries
from config.operations import doctor, health, parts, server_checks
from config.outbox.models import DeadLetter, OutboxEntry
from config.settings import home
from tests.architecture.tree import ROOT

pytestmark = pytest.mark.django_db


def _said(name: str) -> str:
    """What doctor says of one check, which finds something wrong."""
    found = next(each for each in doctor.examine() if each.name == name)
    assert not found.is_well, found.detail
    return f"{found.detail} -> {found.remedy}"


@pytest.fixture(autouse=True)
def well(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation in which all is well but what a test breaks."""
    monkeypatch.setattr(models, "MODELS", ())  # made by `make run`, not by the tests
    for worker in canaries.ages(now=timezone.now()):
        canaries.sing(worker=worker, now=timezone.now())
    monkeypatch.delitem(health._checks, "ocr_model_server")


def test_nothing_is_wrong_where_nothing_is() -> None:
    printed = StringIO()
    call_command("doctor", stdout=printed)
    assert "WRONG" not in printed.getvalue()
    assert "ok    Database: PostgreSQL 18" in printed.getvalue()
    assert printed.getvalue().strip().endswith("Nothing is wrong.")


def test_it_says_what_to_do_and_exits_with_1() -> None:
    DeadLetter.objects.create(handler="h", event_type="t", event={}, attempts=5, error="")
    printed = StringIO()
    with pytest.raises(CommandError, match=r"1 of the checks") as raised:
        call_command("doctor", stdout=printed)
    assert raised.value.returncode == 1
    assert "WRONG Dead letters: 1 events could not be handled." in printed.getvalue()
    assert "      -> Read their errors in the admin" in printed.getvalue()


def test_a_misspelt_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_MODEL_SERVER_ULR", "http://models:8002")
    said = _said("settings")
    assert "OCR_MODEL_SERVER_ULR, which nothing reads" in said
    assert "Call it OCR_MODEL_SERVER_URL" in said


def test_servers_that_are_away() -> None:
    away = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "REDIS_URL": "redis://127.0.0.1:9",
        "OCR_MODEL_SERVER_URL": "http://127.0.0.1:9",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "LOG_LEVEL": "CRITICAL",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT, env=os.environ | away, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for sentence in (
        "WRONG Database: The database does not answer:",
        "correct DATABASE_URL",
        "WRONG Migrations: could not be looked at before this is well: Database",
        "WRONG Redis: Redis does not answer:",
        "WRONG Broker: The broker does not answer:",
        "WRONG Mail: The mail server does not answer:",
        "correct EMAIL_URL",
    ):
        assert sentence.lower() in done.stdout.lower()


def test_a_database_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_checks, "POSTGRES_MAJOR_MIN", 99)
    assert "is too old. -> Upgrade it to PostgreSQL 99" in _said("database")


def test_a_migration_that_was_not_applied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs'")
    said = _said("migrations")
    assert "migrations are missing in the database, the first is jobs.0001" in said
    assert "`manage.py migrate`" in said


def test_a_database_of_newer_code() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '9999_x', now())"
        )
    assert "newer than this code: jobs.9999_x is not in it" in _said("migrations")


def test_a_database_with_migrations_that_one_stands_for_now() -> None:
    rows = [("review", "0008_schedule_of_learner"), ("api", "0001_idempotent_answers")]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, '2026-01-01')", rows
        )
    assert server_checks.migrations() == "all migrations are applied"


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"redis_version": "6.2.1"}, "Redis 6.2.1 is too old"),
        ({"maxmemory_policy": "allkeys-lru"}, "throws keys away when it is full"),
        ({"aof_enabled": 0}, "keeps no append-only file"),
        ({"aof_last_write_status": "err"}, "cannot write its append-only file"),
        ({"maxmemory": 1_000_000, "used_memory": 950_000}, "% full"),  # others write to it now
    ],
)
def test_a_redis_that_cannot_go_on(about: dict[str, Any], sentence: str) -> None:
    told: dict[str, Any] = get_redis_connection("default").info()
    assert about.keys() <= told.keys()
    with pytest.raises(doctor.Ailing, match=sentence):
        server_checks.judge_redis(told | about)


def test_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.conf, "broker_write_url", "redis+socket:///nowhere.sock")
    assert "correct CELERY_BROKER_URL" in _said("broker")


def test_a_queue_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "queue_lengths", lambda: {"ai": 400})
    said = _said("queues")
    assert "ai holds 400 of 500 tasks" in said
    assert "start another one" in said


def test_a_worker_that_is_silent() -> None:
    canaries.sing(worker="scan", now=timezone.now() - timedelta(minutes=3))
    said = _said("workers")
    assert "No sign of life from the worker scan." in said
    assert "worker --queues ocr`" in said


def test_no_worker_at_all() -> None:
    get_redis_connection("default").delete(canaries._key())
    assert "the clock or all workers are down" in _said("workers")


def test_a_clock_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    said = _said("clocks")
    assert "s behind that of the database" in said
    assert "NTP" in said


def test_a_storage_that_cannot_be_written(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    settings.STORAGES = settings.STORAGES | _disk(tmp_path / "a file")
    assert "Uploaded files cannot be stored" in _said("storage")


def test_a_disk_that_is_nearly_full(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12 - 5, 5_000_000))
    settings.STORAGES = settings.STORAGES | _disk(tmp_path)
    for check in ("storage", "disk"):
        assert "is nearly full: 5 MB are free" in _said(check)
    assert list(tmp_path.rglob("*-*")) == []  # the file that was tried is gone


def _disk(folder: Path) -> dict[str, Any]:
    backend = "django.core.files.storage.FileSystemStorage"
    return {"default": {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}}


def test_a_mail_server_that_is_away(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert "The mail server does not answer" in _said("mail")


def test_mails_that_reach_nobody_on_a_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.SETTINGS_MODULE = "config.settings.production"
    assert "reach nobody" in _said("mail")


def test_events_that_wait_for_a_relay() -> None:
    entry = OutboxEntry.objects.create(events=[])
    long_ago = timezone.now() - timedelta(minutes=12)
    OutboxEntry.objects.filter(pk=entry.pk).update(created_at=long_ago)
    assert "for 12 minutes. -> Start `manage.py relay`." in _said("events")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("folded_at = now() - interval '11 minutes'", "No fold has run for 660 s"),
        ("wm = '900000000001'", "restored into a new cluster"),
    ],
)
def test_read_models_that_are_behind(change: str, sentence: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE review_readmodelwatermark SET " + change)  # noqa: S608
    said = _said("read_models")
    assert sentence in said
    assert "rebuild_read_models" in said


def test_a_model_server_that_is_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ocr import model_client

    settings.OCR_MODEL_SERVER_URL = "http://127.0.0.1:9"
    monkeypatch.setitem(health._checks, "ocr_model_server", model_client.health)
    assert "Start `python -m ocr.model_server`" in _said("ocr_model_server")


def test_model_files_that_are_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(home, "models_dir", lambda: tmp_path)
    monkeypatch.delenv("OCR_MODEL_SERVER_URL", raising=False)
    said = _said("model_files")
    assert "is damaged: inference.onnx is missing" in said
    assert "`manage.py provision`" in said


def test_a_language_model_that_failed(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"
    monkeypatch.setattr(llm_progress, "path", lambda: tmp_path / "progress.json")
    llm_progress.write(tmp_path / "progress.json", llm_progress.Progress("failed", detail="broken"))
    said = _said("language_model")
    assert "The language model is away: broken" in said
    assert "RESEE_LLM=off" in said


def test_a_check_that_breaks_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ValueError("never seen before")

    monkeypatch.setitem(doctor._checks, "settings", doctor.Check("Settings", broken))
    found = {each.name: each for each in doctor.examine()}
    assert found["settings"].detail == "never seen before"
    assert found["database"].is_well
