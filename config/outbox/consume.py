"""Stream -> handlers: each handler is a consumer group, each event handled once by each.

The mark that it was stands in PostgreSQL, in the handler's own transaction; the stream only says
what may be due. A handler that fails is tried again, ever later, and then its event is a dead
letter, which the admin can replay.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from redis import ResponseError

from config.outbox import metrics, stream
from config.outbox.models import DeadLetter
from config.outbox.subscribe import Subscription, subscriptions

ATTEMPTS_MAX = 5
FIRST_PAUSE_MS = 5_000  # doubled with each attempt: 5, 10, 20, 40 s
BATCH = 100
log = structlog.get_logger(__name__)


class HandlerGone(Exception):
    """The handler of a dead letter exists no more."""


def consume(consumer: str) -> int:
    """Let every handler work on what is new and on what it failed on before; return how much.

    ``consumer`` names this process among those that share the work. Raises RedisError.
    """
    return sum(_consume(subscription, consumer) for subscription in subscriptions().values())


def replay(letter: DeadLetter, *, now: datetime) -> None:
    """Let the handler try once more; raises HandlerGone, or what the handler raises."""
    subscription = subscriptions().get(letter.handler)
    if subscription is None:
        raise HandlerGone(f"There is no handler {letter.handler} any more.")
    subscription.handle(letter.event)
    letter.replayed_at = now
    letter.save(update_fields=["replayed_at"])


def _consume(subscription: Subscription, consumer: str) -> int:
    try:
        again = _due_again(subscription, consumer)
        entries = stream.read(subscription.name, consumer, count=BATCH)
    except ResponseError as error:
        if "NOGROUP" not in str(error):
            raise
        stream.create_group(subscription.name)
        return _consume(subscription, consumer)
    for entry_id, event in entries:
        _try(subscription, entry_id, event, attempt=1)
    for entry_id, event, attempt in again:
        _try(subscription, entry_id, event, attempt=attempt)
    return len(entries) + len(again)


def _due_again(
    subscription: Subscription, consumer: str
) -> list[tuple[bytes, Mapping[str, Any], int]]:
    """Take over what failed, or what a consumer that died has left, once its pause is over."""
    found = []
    waiting = stream.waiting(subscription.name, idle_ms=FIRST_PAUSE_MS, count=BATCH)
    for entry_id, attempts in waiting.items():
        pause = FIRST_PAUSE_MS << (min(attempts, ATTEMPTS_MAX) - 1)
        for _, event in stream.claim(subscription.name, consumer, entry_id, idle_ms=pause):
            found.append((entry_id, event, attempts + 1))
    return found


def _try(
    subscription: Subscription, entry_id: bytes, event: Mapping[str, Any], *, attempt: int
) -> None:
    if event["type"] in subscription.kinds and not _handled(subscription, event, attempt):
        return
    stream.acknowledge(subscription.name, entry_id)


def _handled(subscription: Subscription, event: Mapping[str, Any], attempt: int) -> bool:
    """Tell whether the group is done with the event: handled, had been, or a dead letter now."""
    if attempt > ATTEMPTS_MAX:  # its consumer died of it each time
        _bury(subscription, event, attempt - 1, "The process ended before the handler did.")
        return True
    try:
        is_new = subscription.handle(event)
    except Exception as error:
        log.exception("event_handler_failed", handler=subscription.name, attempt=attempt)
        metrics.HANDLED.labels(subscription.name, "failed").inc()
        if attempt < ATTEMPTS_MAX:
            return False
        _bury(subscription, event, attempt, f"{type(error).__name__}: {error}")
        return True
    metrics.HANDLED.labels(subscription.name, "handled" if is_new else "repeated").inc()
    return True


def _bury(subscription: Subscription, event: Mapping[str, Any], attempts: int, error: str) -> None:
    DeadLetter.objects.create(
        handler=subscription.name,
        event_type=event["type"],
        event=event,
        attempts=attempts,
        error=error,
    )
    metrics.HANDLED.labels(subscription.name, "dead").inc()
