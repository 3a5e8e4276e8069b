"""Beat's clock jumps: what is due runs once, not never, and not again and again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery.schedules import schedule
from redbeat import RedBeatSchedulerEntry
from redbeat.schedulers import ensure_conf, get_redis

from config.celery import app
from config.jobs.clock import Clock

NAME, SECONDS = "fold", 60.0  # an entry of ours


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, sent: list[str]) -> Iterator[Clock]:
    """A clock with one entry, whose keys are its own."""
    ensure_conf(app)
    conf: Any = app.redbeat_conf  # type: ignore[attr-defined]
    prefix = f"{uuid4().hex}:"
    monkeypatch.setattr(conf, "key_prefix", prefix)
    monkeypatch.setattr(conf, "schedule_key", f"{prefix}:schedule")
    made = Clock(app, lazy=True)
    made.lock_key = None

    def run(entry: Any, **_: Any) -> None:
        sent.append(entry.name)
        next(entry)

    monkeypatch.setattr(made, "apply_async", run)
    RedBeatSchedulerEntry(NAME, "tests.tick", schedule(SECONDS), app=app).save()
    yield made
    get_redis(app).delete(conf.schedule_key, prefix + NAME)


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(minutes=3), -timedelta(days=1)])
def test_after_a_jump_what_is_due_runs_once(clock: Clock, sent: list[str], jump: timedelta) -> None:
    prefix = app.redbeat_conf.key_prefix  # type: ignore[attr-defined]
    RedBeatSchedulerEntry.from_key(prefix + NAME, app=app).reschedule(datetime.now(UTC) + jump)
    for _ in range(3):
        clock.tick()
    assert sent == [NAME]


def test_what_is_not_due_waits(clock: Clock, sent: list[str]) -> None:
    prefix = app.redbeat_conf.key_prefix  # type: ignore[attr-defined]
    RedBeatSchedulerEntry.from_key(prefix + NAME, app=app).reschedule(datetime.now(UTC))
    clock.tick()
    assert sent == []
