"""Accepted work reaches a queue, comes back from dead workers, and ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from config.celery import app
from config.jobs import dispatch, leases
from config.jobs.models import Job

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Sent = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, db: Any) -> Sent:
    """What was put into the queues."""
    found: Sent = []

    def send_task(name: str, *, kwargs: dict[str, Any], **_: Any) -> None:
        found.append((name, kwargs))

    monkeypatch.setattr(app, "send_task", send_task)
    return found


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, db: Any) -> None:
    """No broker answers."""

    def send_task(*_: Any, **__: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(app, "send_task", send_task)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def stored(**fields: Any) -> Job:
    job = Job.objects.create(task="tests.work", arguments={"scan_id": "1"}, **fields)
    Job.objects.filter(pk=job.pk).update(created_at=fields.get("created_at", NOW))
    return job


def dispatched_at(seconds: float, sent: Sent) -> bool:
    before = len(sent)
    dispatch.reconcile(now=after(seconds))
    return len(sent) > before


def test_a_job_is_dispatched_with_its_ids_when_it_is_committed(
    sent: Sent, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        job = dispatch.accept(task="tests.work", arguments={"scan_id": "1"}, user_id=None)
        assert sent == []
    assert sent == [("tests.work", {"scan_id": "1", "job_id": str(job.public_id)})]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_rolled_back_is_not_dispatched(sent: Sent) -> None:
    with transaction.atomic():
        dispatch.accept(task="tests.work", arguments={}, user_id=None)
        transaction.set_rollback(True)
    assert sent == []


def test_a_job_that_missed_the_broker_is_dispatched_when_it_is_back(
    away: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = stored()
    assert not dispatch.dispatch(job, now=NOW)
    dispatch.reconcile(now=after(5))
    job.refresh_from_db()
    assert (job.state, job.heartbeat_at) == ("queued", None)
    monkeypatch.setattr(app, "send_task", lambda *_, **__: None)
    dispatch.reconcile(now=after(10))
    job.refresh_from_db()
    assert job.heartbeat_at == after(10)


def test_an_absent_broker_is_asked_once_a_round(monkeypatch: pytest.MonkeyPatch, db: Any) -> None:
    for _ in range(3):
        stored()
    asked: list[str] = []

    def send_task(name: str, **_: Any) -> None:
        asked.append(name)
        raise OperationalError("connection refused")

    monkeypatch.setattr(app, "send_task", send_task)
    dispatch.reconcile(now=NOW)
    assert len(asked) == 1


def test_an_absent_real_broker_is_noticed_at_once(
    monkeypatch: pytest.MonkeyPatch, db: Any, tmp_path: Any
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", pauses.append)
    options = app.conf.broker_transport_options
    broker = f"redis+socket://{tmp_path}/none.sock"
    with app.connection_for_write(broker, transport_options=options) as nobody:
        monkeypatch.setattr(app, "send_task", partial(app.send_task, connection=nobody))
        assert not dispatch.dispatch(stored(), now=NOW)
    assert pauses == []


def test_the_job_of_a_silent_worker_is_dispatched_at_once(sent: Sent) -> None:
    job = stored(state=Job.State.RUNNING, attempts=1, heartbeat_at=NOW)
    assert not dispatched_at(14, sent)
    assert dispatched_at(16, sent)
    job.refresh_from_db()
    assert (job.state, job.lease, job.heartbeat_at) == ("queued", None, after(16))


def test_a_worker_that_shows_life_keeps_its_job(sent: Sent) -> None:
    job = stored(state=Job.State.QUEUED)
    lease = leases.claim(job_id=job.public_id, now=NOW)
    assert lease
    for seconds in range(10, 100, 10):
        leases.report(lease=lease, stage="", percent=0, now=after(seconds))
        assert not dispatched_at(seconds + 9, sent)
    leases.finish(lease=lease, now=after(100))


def test_a_job_that_kills_its_workers_ends(sent: Sent) -> None:
    job = stored(attempts_max=3)
    for start in (0, 100, 200, 300):
        leases.claim(job_id=job.public_id, now=after(start))
        dispatch.reconcile(now=after(start + 16))
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error_code) == ("failed", 3, "attempts_exhausted")
    assert job.finished_at == after(216)
    assert len(sent) == 2


def test_a_job_put_back_waits_longer_each_time(sent: Sent) -> None:
    stored(attempts=1, heartbeat_at=NOW)
    assert not dispatched_at(14, sent)
    assert dispatched_at(15 * 1.25 + 0.1, sent)
    Job.objects.update(attempts=3, heartbeat_at=after(20))
    assert not dispatched_at(20 + 59, sent)
    assert dispatched_at(20 + 60 * 1.25 + 0.1, sent)


def test_jobs_put_back_at_one_moment_do_not_all_come_back_at_one(sent: Sent) -> None:
    for _ in range(20):
        stored(attempts=1, heartbeat_at=NOW)
    dispatch.reconcile(now=after(17))
    assert 0 < len(sent) < 20


def test_a_job_that_waits_in_a_long_queue_is_seldom_dispatched_again(sent: Sent) -> None:
    stored(heartbeat_at=NOW)
    again = [seconds for seconds in range(0, 3600, 5) if dispatched_at(seconds, sent)]
    assert again[:4] == [15, 30, 60, 120]
    assert len(again) < 35


@pytest.mark.parametrize("state", [Job.State.SUCCEEDED, Job.State.FAILED])
def test_an_ended_job_is_left_alone(sent: Sent, state: Job.State) -> None:
    stored(state=state, heartbeat_at=NOW)
    assert not dispatched_at(1000, sent)
    assert Job.objects.get().state == state


def test_the_round_takes_few_queries_when_there_is_nothing_to_do(
    sent: Sent, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        dispatch.reconcile(now=NOW)


def test_beat_reconciles_often_enough() -> None:
    entry = app.conf.beat_schedule["reconcile-jobs"]
    assert entry["task"] == "config.jobs.tasks.reconcile"
    assert entry["schedule"] <= 5
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks
