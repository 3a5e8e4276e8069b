"""The table of queues, on Redis for real and as RabbitMQ is told it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from celery.exceptions import Reject
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.celery import QUEUES, SCHEDULE, app
from config.jobs import canaries, dispatch, queues
from config.jobs.models import Job
from config.jobs.queues import QueueFull, settings_for
from config.jobs.tasks import canary
from config.settings import home
from tests import make
from tests.client import ApiClient
from tests.ocr import images

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BROKER = f"redis+socket://{home.valkey_socket()}?virtual_host=8"  # nobody else's queues

pytestmark = pytest.mark.xdist_group("queues")  # they are emptied before each test


@pytest.fixture
def own_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Queues of this test's own, each holding two tasks."""
    short = {queue.name: replace(queue, length_max=2) for queue in QUEUES}
    monkeypatch.setattr(app, "table", short)
    with app.connection_for_write(BROKER) as broker:
        channel: Any = broker.default_channel
        for queue in QUEUES:
            channel.client.delete(queue.name)
        monkeypatch.setattr(app, "send_task", partial(app.send_task, connection=broker))
        monkeypatch.setattr(app, "connection_or_acquire", lambda *_: _Kept(broker))
        yield channel


class _Kept:
    """Stands for a pooled connection: leaving it does not close it."""

    def __init__(self, broker: Any) -> None:
        self.broker = broker

    def __enter__(self) -> Any:
        return self.broker

    def __exit__(self, *_: object) -> None:
        pass


def test_a_full_queue_takes_no_more_and_the_next_one_does(own_broker: Any) -> None:
    for _ in range(2):
        app.send_task("tests.slow", queue="low")
    with pytest.raises(QueueFull) as refused:
        app.send_task("tests.slow", queue="low")
    assert refused.value.retry_after_seconds > 0
    app.send_task("tests.mail", queue="high")
    assert own_broker._size("low") == 2


def test_what_was_taken_once_is_not_refused_when_it_is_tried_again(own_broker: Any) -> None:
    for _ in range(2):
        app.send_task("tests.slow", queue="low")
    app.send_task("tests.slow", queue="low", retries=1)
    assert own_broker._size("low") == 3


@pytest.mark.django_db
def test_a_job_for_a_full_queue_waits_and_is_dispatched_later(own_broker: Any) -> None:
    jobs = [Job.objects.create(task="tests.work") for _ in range(3)]
    assert [dispatch.dispatch(job, now=NOW) for job in jobs] == [True, True, False]
    jobs[2].refresh_from_db()
    assert (jobs[2].state, jobs[2].heartbeat_at) == ("queued", None)
    own_broker.client.delete("medium")
    dispatch.reconcile(now=NOW)
    jobs[2].refresh_from_db()
    assert jobs[2].heartbeat_at == NOW


@pytest.mark.django_db
def test_a_full_queue_does_not_hold_up_the_others(own_broker: Any) -> None:
    for _ in range(2):
        app.send_task("tests.slow", queue="medium")
    Job.objects.create(task="tests.work")
    free = Job.objects.create(task="ocr.tasks.read_scan", arguments={"scan_id": "1"})
    dispatch.reconcile(now=NOW)
    free.refresh_from_db()
    assert free.heartbeat_at == NOW


def test_an_upload_is_refused_before_anything_is_stored(own_broker: Any, api: ApiClient) -> None:
    for _ in range(2):
        app.send_task("ocr.tasks.read_scan")
    answer = api.upload("/scans/", file=SimpleUploadedFile("page.png", images.png()))
    assert (answer.status_code, answer.json()["code"]) == (503, "queue_full")
    assert int(answer["Retry-After"]) > 0
    assert not Job.objects.exists()


def test_signing_in_says_when_to_come_back_while_no_mail_can_be_sent(
    own_broker: Any, db: Any
) -> None:
    for _ in range(2):
        app.send_task("accounts.tasks.deliver")
    make.member("mina@example.com", "a-long-enough-secret")
    path = "/api/v1/auth/app/v1/auth/password/request"
    body = {"email": "mina@example.com"}
    answer = Client(raise_request_exception=False).post(path, body, "application/json")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


def test_messages_carry_the_lifetime_of_their_queue(own_broker: Any) -> None:
    app.send_task("tests.mail", queue="high")
    app.send_task("tests.mail", queue="high", expires=7)
    table = {queue.name: queue for queue in QUEUES}
    ages = [own_broker._get("high")["properties"]["expiration"] for _ in range(2)]
    assert sorted(ages) == sorted([str(table["high"].ttl_seconds * 1000), "7000"])


def test_rabbitmq_is_told_the_same_table() -> None:
    told = {queue.name: queue for queue in settings_for("amqp://b//", QUEUES)["task_queues"]}
    assert told.keys() == {queue.name for queue in QUEUES}
    for row in QUEUES:
        queue = told[row.name]
        assert queue.queue_arguments["x-queue-type"] == "quorum"
        assert queue.queue_arguments["x-overflow"] == "reject-publish"
        assert queue.queue_arguments["x-dead-letter-exchange"] == queues.DEAD
        assert (queue.max_length, queue.message_ttl) == (row.length_max, row.ttl_seconds)
    options = settings_for("amqp://b//", QUEUES)["broker_transport_options"]
    assert options["confirm_publish"] is True


def test_no_task_may_take_longer_than_a_message_stays_away() -> None:
    longest = max(queue.time_limit_seconds for queue in QUEUES)
    assert longest < queues.VISIBILITY_TIMEOUT_SECONDS


def test_the_clock_never_lets_messages_pile_up() -> None:
    for entry in SCHEDULE.values():
        assert entry["options"]["expires"] <= entry["schedule"]


def test_a_task_has_its_retries_and_limits_from_its_queue() -> None:
    app.loader.import_default_modules()
    deliver: Any = app.tasks["accounts.tasks.deliver"]
    row = {queue.name: queue for queue in QUEUES}["high"]
    assert deliver.max_retries == row.retry.attempts
    assert deliver.retry_backoff == row.retry.pause_seconds
    assert deliver.time_limit == row.time_limit_seconds


def test_a_message_that_kills_its_workers_is_dropped_in_the_end() -> None:
    task: Any = canary
    task.push_request(delivery_info={"redelivered": True})
    message = uuid4().hex
    try:
        for _ in range(4):
            task.before_start(message, (), {})
        with pytest.raises(Reject, match="False"):
            task.before_start(message, (), {})
    finally:
        task.pop_request()


def test_every_worker_has_a_canary() -> None:
    entries = [entry for name, entry in SCHEDULE.items() if name.startswith("canary-")]
    served = {queue.name: queue.worker for queue in QUEUES}
    assert {entry["kwargs"]["worker"] for entry in entries} == set(served.values())
    for entry in entries:
        assert served[entry["options"]["queue"]] == entry["kwargs"]["worker"]


def test_a_worker_that_is_silent_is_named() -> None:
    workers = ["ai", "chat", "fast", "scan", "slow"]
    assert canaries.ages(now=NOW) == dict.fromkeys(workers)
    for worker in workers:
        canary(worker=worker)
    assert canaries.health() == "ai, chat, fast, scan, slow work"
    canaries.sing(worker="ai", now=NOW)
    assert canaries.health().startswith("no sign of life from ai for ")
