"""One delivery works on a job; whoever lost its lease stores nothing."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from config.jobs import leases
from config.jobs.leases import Lease, LeaseLost
from config.jobs.models import Job
from config.jobs.work import CannotBeDone, TryAgainLater, do_unit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def job(db: Any) -> Job:
    return Job.objects.create(task="tests.work", attempts_max=2)


def claimed(job: Job) -> Lease:
    lease = leases.claim(job_id=job.public_id, now=NOW)
    assert lease is not None
    job.refresh_from_db()
    return lease


def do(job: Job, work: Any) -> None:
    do_unit(job_id=job.public_id, work=work, clock=timezone.now)
    job.refresh_from_db()


def test_a_claim_counts_the_attempt_and_takes_the_job(job: Job) -> None:
    claimed(job)
    assert (job.state, job.attempts, job.heartbeat_at) == ("running", 1, NOW)
    assert leases.claim(job_id=job.public_id, now=NOW) is None


@pytest.mark.parametrize("state", [Job.State.SUCCEEDED, Job.State.FAILED])
def test_an_ended_job_is_not_claimed(job: Job, state: Job.State) -> None:
    Job.objects.update(state=state)
    assert leases.claim(job_id=job.public_id, now=NOW) is None


def test_an_unknown_job_is_not_claimed(db: Any) -> None:
    assert leases.claim(job_id=uuid4(), now=NOW) is None


def test_a_report_is_a_sign_of_life(job: Job) -> None:
    lease = claimed(job)
    leases.report(lease=lease, stage="reading", percent=40, now=NOW + timedelta(seconds=9))
    job.refresh_from_db()
    assert (job.stage, job.percent) == ("reading", 40)
    assert job.heartbeat_at == NOW + timedelta(seconds=9)


@pytest.mark.parametrize(
    "act",
    [
        lambda lease: leases.report(lease=lease, stage="x", percent=1, now=NOW),
        lambda lease: leases.finish(lease=lease, now=NOW),
        lambda lease: leases.fail(lease=lease, code="x", detail="x", now=NOW),
        lambda lease: leases.put_back(lease=lease, code="x", detail="x", now=NOW),
    ],
)
def test_who_lost_the_lease_changes_nothing(job: Job, act: Any) -> None:
    old = claimed(job)
    Job.objects.update(state=Job.State.QUEUED)
    claimed(job)
    before = Job.objects.values().get()
    with pytest.raises(LeaseLost):
        act(old)
    assert Job.objects.values().get() == before


def test_work_that_ends_well_is_done_once(job: Job) -> None:
    calls: list[Lease] = []

    def work(lease: Lease) -> None:
        calls.append(lease)
        leases.finish(lease=lease, now=NOW)

    do(job, work)
    do(job, work)
    assert len(calls) == 1
    assert (job.state, job.percent, job.finished_at, job.lease) == ("succeeded", 100, NOW, None)


def test_work_that_cannot_be_done_fails_at_once(job: Job) -> None:
    def work(_: Lease) -> None:
        raise CannotBeDone("damaged", "It is damaged.")

    do(job, work)
    assert (job.state, job.error_code, job.error_detail) == ("failed", "damaged", "It is damaged.")
    assert job.attempts == 1


def test_work_that_may_be_done_later_waits_until_its_attempts_end(job: Job) -> None:
    def work(_: Lease) -> None:
        raise TryAgainLater("away", "It is away.")

    do(job, work)
    assert (job.state, job.error_code) == ("queued", "away")
    do(job, work)
    assert (job.state, job.error_code, job.attempts) == ("failed", "away", 2)


def test_an_unexpected_error_puts_the_job_back_and_is_not_swallowed(job: Job) -> None:
    def work(_: Lease) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(job, work)
    job.refresh_from_db()
    assert (job.state, job.error_code) == ("queued", "error")


def test_work_that_loses_its_lease_ends_quietly(job: Job) -> None:
    def work(lease: Lease) -> None:
        Job.objects.update(lease=uuid4())
        leases.finish(lease=lease, now=NOW)

    do(job, work)
    assert job.state == Job.State.RUNNING


@pytest.mark.django_db(transaction=True)
def test_long_work_shows_that_it_is_alive() -> None:
    job = Job.objects.create(task="tests.work")
    lease, has_beaten = claimed(job), threading.Event()
    later = NOW + timedelta(seconds=60)

    def clock() -> datetime:
        has_beaten.set()
        return later

    with patch.object(leases, "HEARTBEAT_SECONDS", 0.01), leases.heartbeat(lease, clock):
        assert has_beaten.wait(10)
    job.refresh_from_db()
    assert job.heartbeat_at == later


@pytest.mark.django_db(transaction=True)
def test_of_many_deliveries_at_once_one_works() -> None:
    job = Job.objects.create(task="tests.work")
    start, won = threading.Barrier(6), []

    def deliver() -> None:
        start.wait(10)
        won.append(leases.claim(job_id=job.public_id, now=NOW))
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len([lease for lease in won if lease]) == 1
    assert Job.objects.get().attempts == 1
