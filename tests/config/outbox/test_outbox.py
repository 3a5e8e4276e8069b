"""Events leave with their transaction, arrive at least once, and are handled once."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.utils import timezone
from redis import ConnectionError as RedisConnectionError
from redis import Redis

from accounts.models import User
from accounts.queries.learners import Learner
from config.outbox import consume, relay, stream
from config.outbox.models import DeadLetter, OutboxEntry, ProcessedEvent
from config.outbox.publish import publish
from config.outbox.subscribe import subscriptions
from config.outbox.tasks import prune
from review.events import ContentAdded, ContentArchived
from tests.review.cards import card

pytestmark = pytest.mark.django_db
Handled = Callable[..., list[Any]]
NOW = timezone.now()


def _event() -> ContentArchived:
    return ContentArchived(learner_id=uuid4(), content_id=uuid4(), occurred_at=NOW)


def _sent() -> list[dict[str, Any]]:
    rows: Any = stream.client().xrange(stream.KEY)
    return [json.loads(values[b"event"]) for _, values in rows]


def _work(times: int = 1, relaying: relay.Relay | None = None) -> None:
    relaying = relaying or relay.Relay()
    for _ in range(times):
        relaying.run()
        consume.consume("test")


def test_what_a_transaction_rolls_back_was_no_event() -> None:
    kept = _event()
    publish(kept)
    with transaction.atomic():
        publish(_event())
        transaction.set_rollback(True)
    assert relay.Relay().run() == 1
    assert [UUID(event["data"]["content_id"]) for event in _sent()] == [kept.content_id]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(TransactionManagementError):
        publish(_event())


def test_a_handler_gets_the_event_as_it_was_published_typed(handled: Handled) -> None:
    seen, others = handled(ContentArchived), handled(ContentAdded)
    events = [_event() for _ in range(3)]
    publish(*events)
    _work(3)
    assert seen == events
    assert others == []
    assert OutboxEntry.objects.filter(published_at=None).count() == 0


def test_what_is_sent_again_is_handled_once(handled: Handled) -> None:
    seen = handled(ContentArchived)
    publish(_event())
    _work()
    OutboxEntry.objects.update(published_at=None)
    _work(2)
    assert len(_sent()) == 2
    assert len(seen) == ProcessedEvent.objects.count() == 1


def test_a_lost_stream_is_filled_again_from_the_outbox(handled: Handled) -> None:
    seen, relaying = handled(ContentArchived), relay.Relay()
    publish(_event())
    relaying.run()
    OutboxEntry.objects.update(published_at=NOW - timedelta(days=3))
    stream.client().delete(stream.KEY)  # before any handler has seen it
    publish(_event())
    _work(2, relaying)
    assert len(seen) == 2


def test_after_a_broken_connection_the_last_minute_is_sent_again(
    handled: Handled, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, relaying = handled(ContentArchived), relay.Relay()
    publish(_event())
    relaying.run()
    stream.client().xtrim(stream.KEY, maxlen=0)  # its last second was not on disk
    publish(_event())
    with monkeypatch.context() as patch:
        patch.setattr(stream, "client", lambda: Redis(unix_socket_path="/nowhere/valkey.sock"))
        with pytest.raises(RedisConnectionError):
            relaying.run()
    assert OutboxEntry.objects.filter(published_at=None).count() == 1
    _work(1, relaying)
    assert len(seen) == 2


def test_a_handler_that_fails_is_tried_again_and_leaves_nothing_half_done(
    handled: Handled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "FIRST_PAUSE_MS", 0)
    faults = iter([ValueError("once"), ValueError("twice"), None])
    seen = handled(ContentArchived, fault=lambda: next(faults))
    publish(_event())
    _work(2)
    assert seen == []
    assert ProcessedEvent.objects.count() == 0
    _work()
    assert len(seen) == 1
    assert DeadLetter.objects.count() == 0


def test_a_handler_is_not_tried_again_before_its_pause(handled: Handled) -> None:
    attempts = iter([ValueError("first attempt"), None])
    seen = handled(ContentArchived, fault=lambda: next(attempts))
    publish(_event())
    _work(3)
    assert seen == []
    assert next(attempts) is None


def test_what_fails_too_often_is_a_dead_letter_that_the_admin_replays(
    handled: Handled, monkeypatch: pytest.MonkeyPatch, admin_client: Client
) -> None:
    monkeypatch.setattr(consume, "FIRST_PAUSE_MS", 0)
    is_broken = True
    seen = handled(ContentArchived, fault=lambda: ValueError("no") if is_broken else None)
    publish(_event())
    _work(consume.ATTEMPTS_MAX + 2)
    letter = DeadLetter.objects.get()
    assert (letter.attempts, letter.error) == (consume.ATTEMPTS_MAX, "ValueError: no")
    action = {"action": "replay", "_selected_action": [letter.pk]}
    assert "no" in _said(admin_client.post("/admin/outbox/deadletter/", action, follow=True))
    is_broken = False
    admin_client.post("/admin/outbox/deadletter/", action)
    letter.refresh_from_db()
    assert letter.replayed_at is not None
    assert len(seen) == 1


def _said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_an_event_that_kills_its_process_is_a_dead_letter_too(
    handled: Handled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "FIRST_PAUSE_MS", 0)
    seen = handled(ContentArchived)
    group = next(iter(subscriptions()))
    publish(_event())
    relay.Relay().run()
    stream.create_group(group)
    stream.read(group, "dead", count=1)  # the first delivery: its process ends here
    for _ in range(consume.ATTEMPTS_MAX - 1):
        entry_id = next(iter(stream.waiting(group, idle_ms=0, count=1)))
        stream.claim(group, "dead", entry_id, idle_ms=0)
    consume.consume("test")
    assert seen == []
    assert DeadLetter.objects.get().attempts == consume.ATTEMPTS_MAX


def test_an_event_of_a_newer_version_waits_for_newer_code(
    handled: Handled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "FIRST_PAUSE_MS", 0)
    seen = handled(ContentArchived)
    with monkeypatch.context() as patch:
        patch.setattr(ContentArchived, "version", 2)
        publish(_event())
    _work(2)
    assert seen == []
    monkeypatch.setattr(ContentArchived, "version", 2)
    _work()
    assert len(seen) == 1


def test_what_a_group_still_needs_is_not_trimmed(handled: Handled) -> None:
    handled(ContentArchived)
    publish(_event(), _event())
    _work()
    stream.create_group("slow-service")
    assert stream.trim() == 2
    entries = stream.read("slow-service", "one", count=1)
    stream.acknowledge("slow-service", entries[0][0])
    assert stream.trim() <= 2
    entries = stream.read("slow-service", "one", count=1)
    assert stream.trim() == 1
    stream.acknowledge("slow-service", entries[0][0])
    assert stream.trim() <= 1


@pytest.mark.django_db(transaction=True)
def test_two_relays_send_once() -> None:
    with transaction.atomic():
        publish(_event())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7310002)")
        assert _in_another_thread(lambda: relay.Relay().run()) == 0
    assert relay.Relay().run() == 1
    assert relay.Relay().run() >= 0
    assert len({event["id"] for event in _sent()}) == 1


def _in_another_thread(action: Callable[[], int]) -> int:
    from concurrent.futures import ThreadPoolExecutor

    def run() -> int:
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_published_events_are_forgotten_after_a_week_and_their_marks_later() -> None:
    publish(_event())
    publish(_event())
    relay.Relay().run()
    first = OutboxEntry.objects.order_by("id")[0]
    OutboxEntry.objects.filter(pk=first.pk).update(published_at=NOW - timedelta(days=8))
    for days in (8, 15):
        ProcessedEvent.objects.create(handler="x", event_id=uuid4())
        mark = ProcessedEvent.objects.latest("processed_at")
        ProcessedEvent.objects.filter(event_id=mark.event_id).update(
            processed_at=NOW - timedelta(days=days)
        )
    prune()
    assert OutboxEntry.objects.count() == 1
    assert ProcessedEvent.objects.count() == 1


def test_another_service_reads_them_with_redis_alone(learner: Learner, settings: Any) -> None:
    content = card(learner)
    relay.Relay().run()
    source = _example().read_text().replace('STREAM = "events"', f'STREAM = "{stream.KEY}"')
    url = stream.client().connection_pool.connection_kwargs
    environment = os.environ | {"REDIS_URL": f"unix://{url['path']}?db={url['db']}"}
    lines = subprocess.run(
        [sys.executable, "-c", source, "billing", "--until-idle"],
        env=environment, capture_output=True, text=True, check=True, timeout=280,
    ).stdout.splitlines()  # fmt: skip
    event = json.loads(lines[0])
    assert (event["type"], event["version"]) == ("review.ContentAdded", 1)
    assert event["data"]["content_id"] == str(content.public_id)
    assert event["data"]["learner_id"] == str(learner.public_id)


def _example() -> Any:
    from django.conf import settings

    return settings.BASE_DIR / "docs/examples/subscriber.py"


def test_whoever_listens_is_woken(alice: User) -> None:
    listener: Any = stream.client().pubsub()  # type: ignore[no-untyped-call]
    listener.subscribe(f"{stream.KEY}:review.ContentArchived")
    listener.get_message(timeout=60)
    event = replace(_event(), learner_id=alice.public_id)
    publish(event)
    relay.Relay().run()
    found: Any = listener.get_message(timeout=60)
    listener.close()
    assert json.loads(found["data"])["data"]["learner_id"] == str(alice.public_id)
