"""What a queue promises, and how a broker is told: Redis or RabbitMQ, by the broker's URL alone.

RabbitMQ keeps the promises itself: quorum queues, a length beyond which it refuses, a lifetime, an
exchange for dead letters, and it confirms each message. Redis knows none of them: there the length
is asked before a message is sent, and a message carries its own expiry.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, cast

import structlog
from amqp.exceptions import MessageNacked
from celery import Celery
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

from config.errors import Unavailable

DEAD = "dead"
DEAD_DAYS, DEAD_MAX = 7, 10_000
CONFIRM_SECONDS = 5.0
PEACE_SECONDS = 3.0
VISIBILITY_TIMEOUT_SECONDS = 120  # longer than any task may take
_RABBITMQ = ("amqp", "amqps", "pyamqp")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Retry:
    """How often work is tried, and the pause before the next time: doubled, and jittered."""

    attempts: int
    pause_seconds: int
    pause_seconds_max: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQueue:
    """One queue: what it is for, which worker serves it, and what its tasks may ask for.

    Messages beyond ``length_max`` are refused; those older than ``ttl_seconds`` are dropped.
    """

    name: str
    meaning: str
    worker: str
    length_max: int
    ttl_seconds: int
    retry: Retry
    time_limit_seconds: int = 90
    address_space_mb: int = 0  # of a process that serves it and nothing boundless; 0: any


class QueueFull(Unavailable):
    """So much work waits already that no more is taken; nothing was stored or sent."""

    code = "queue_full"


class QueueApp(Celery):
    """A Celery app with one table of queues: it takes no more than they hold.

    ``send_task``, and so every way to publish, raises QueueFull, or OperationalError when the
    broker does not answer.
    """

    def __init__(self, name: str, *, broker: str, queues: Sequence[TaskQueue]) -> None:
        super().__init__(name, broker=broker, task_cls="config.jobs.queued_task:QueuedTask")
        self.table = {queue.name: queue for queue in queues}
        self._silent_until = 0.0  # monotonic
        self.is_on_rabbitmq = is_rabbitmq(broker)

    def queue_of(self, task: str, chosen: str | None = None) -> TaskQueue:
        """Return the queue that a task goes to, by its route unless one was ``chosen``.

        A queue that stands in no table has what the default one has, and its own name.
        """
        name = chosen or self.amqp.router.route({}, task)["queue"].name
        return self.table.get(name) or replace(self.table[self.conf.task_default_queue], name=name)

    def admit(self, task: str) -> None:
        """Raise QueueFull when the task would not be taken now; silent when the broker is away."""
        try:
            with self._asked():
                self._check_length(self.queue_of(task), None)
        except OperationalError as error:
            log.warning("queue_length_unknown", task=task, exc_info=error)

    def send_task(self, name: str, *args: Any, **options: Any) -> Any:
        """Publish as Celery does, within the queue's length and lifetime."""
        queue = self.queue_of(name, options.get("queue"))
        is_repeated = bool(options.get("retries"))  # what was taken once is not refused later
        if self.is_on_rabbitmq:
            options.setdefault("confirm_timeout", CONFIRM_SECONDS)
        elif options.get("expires") is None:
            options["expires"] = queue.ttl_seconds
        with self._asked(is_urgent=is_repeated or "connection" in options):
            if not self.is_on_rabbitmq and not is_repeated:
                self._check_length(queue, options.get("connection"))
            try:
                return super().send_task(name, *args, **options)
            except OperationalError as error:
                if isinstance(error.__cause__, MessageNacked):  # RabbitMQ took it not
                    raise _full(queue) from None
                raise

    @contextmanager
    def _asked(self, *, is_urgent: bool = False) -> Iterator[None]:
        """Leave a broker that did not answer alone for a while: to wait for it holds a thread."""
        if not is_urgent and time.monotonic() < self._silent_until:
            raise OperationalError("The broker did not answer a moment ago.")
        try:
            yield
        except OperationalError:
            if not is_urgent:
                self._silent_until = time.monotonic() + PEACE_SECONDS
            raise

    def _check_length(self, queue: TaskQueue, connection: Any) -> None:
        with ExitStack() as stack:
            broker = stack.enter_context(self.connection_or_acquire(connection))
            try:
                channel = broker.default_channel  # connects, as often as the settings say
                if self.is_on_rabbitmq:  # it closes the channel on which none was found
                    channel = stack.enter_context(broker.channel())
                found = channel.queue_declare(queue.name, passive=True)
            except broker.channel_errors:
                return  # on Redis an empty queue is none
            except broker.connection_errors as error:
                raise OperationalError(str(error)) from error
        if found.message_count >= queue.length_max:
            raise _full(queue)


def queue_app() -> QueueApp:
    """Return the product's app, loaded by its name as Django loads its URLs."""
    return cast("QueueApp", import_module("config.celery").app)


def is_rabbitmq(broker: str) -> bool:
    """Tell whether a broker's URL names RabbitMQ."""
    return broker.partition("://")[0] in _RABBITMQ


def settings_for(broker: str, queues: Iterable[TaskQueue]) -> dict[str, Any]:
    """Return Celery's settings that make the table true on this broker."""
    return _rabbitmq(queues) if is_rabbitmq(broker) else _redis(queues)


def _redis(queues: Iterable[TaskQueue]) -> dict[str, Any]:
    return {
        "task_queues": [Queue(queue.name, routing_key=queue.name) for queue in queues],
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "queue_order_strategy": "priority",  # in the order of the table, not in turns
            "socket_connect_timeout": 2,
            "socket_timeout": 5,  # a broker that is cut off without a word
            "health_check_interval": 5,
            "max_retries": 0,  # whoever publishes hears at once that the broker is away
        },
    }


def _rabbitmq(queues: Iterable[TaskQueue]) -> dict[str, Any]:
    tasks, dead = Exchange("tasks", "topic"), Exchange(DEAD, "fanout")
    arguments = {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": dead.name,
    }
    return {
        "task_queues": [
            Queue(
                queue.name,
                tasks,
                routing_key=queue.name,
                max_length=queue.length_max,
                message_ttl=queue.ttl_seconds,
                queue_arguments=arguments,
            )
            for queue in queues
        ],
        "task_default_exchange": tasks.name,
        "task_default_exchange_type": tasks.type,
        "broker_heartbeat": 10,
        "broker_connection_timeout": 2,
        "broker_transport_options": {"confirm_publish": True, "max_retries": 0},
    }


def dead_letters() -> Queue:
    """Return the queue in which RabbitMQ keeps what was dropped, for people to look at."""
    return Queue(
        DEAD,
        Exchange(DEAD, "fanout"),
        max_length=DEAD_MAX,
        message_ttl=DEAD_DAYS * 86_400,
        queue_arguments={"x-queue-type": "quorum", "x-overflow": "drop-head"},
    )


def _full(queue: TaskQueue) -> QueueFull:
    log.warning("queue_full", queue=queue.name, length_max=queue.length_max)
    wait = min(60, queue.retry.pause_seconds * 2)
    return QueueFull("So much work waits that no more is taken now.", retry_after_seconds=wait)
