"""The same table on a real RabbitMQ."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from config.celery import QUEUES
from config.celery import app as product
from config.jobs.queues import DEAD, QueueApp, QueueFull, dead_letters, settings_for
from deploy.topology.rabbitmq import MISSING, RabbitMq, is_installed, running_rabbitmq

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not is_installed(), reason=MISSING)]


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[RabbitMq]:
    with running_rabbitmq() as running:
        yield running


def _app(url: str) -> QueueApp:
    table = [replace(queue, length_max=3, ttl_seconds=2) for queue in QUEUES]
    app = QueueApp("tests", broker=url, queues=table)
    product.set_current()  # the newest app would be everybody's
    app.conf.update(
        **settings_for(url, table), task_default_queue="medium", task_ignore_result=True
    )
    return app


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _length(broker: Connection, name: str) -> int:
    channel: Any
    with broker.channel() as channel:
        return int(channel.queue_declare(name, passive=True).message_count)


def _fill(app: QueueApp) -> None:
    for _ in range(10):  # a quorum queue counts a moment late
        app.send_task("tests.slow", queue="low")


def test_rabbitmq_keeps_what_the_table_promises(rabbitmq: RabbitMq) -> None:
    app = _app(rabbitmq.url)
    with app.connection_for_write() as broker:
        dead_letters()(broker.default_channel).declare()
        with pytest.raises(QueueFull):
            _fill(app)
        app.send_task("tests.mail", queue="high")
        dead = _length(broker, "low") + _length(broker, "high")
        _wait_until(lambda: _length(broker, "low") == 0)
        _wait_until(lambda: _length(broker, DEAD) >= dead)
    app.close()


def test_a_publisher_hears_at_once_that_nobody_answers() -> None:
    app = _app("amqp://guest:guest@127.0.0.1:9//")
    began = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("tests.mail", queue="high", retry=False)
    assert time.monotonic() - began < 10  # an upper end, not a measurement


def test_a_broker_that_was_silent_is_left_alone_for_a_while(rabbitmq: RabbitMq) -> None:
    app = _app(rabbitmq.url)
    with pytest.raises(OperationalError), app._asked():
        raise OperationalError
    with pytest.raises(OperationalError, match="a moment ago"):
        app.send_task("tests.mail", queue="high")
    app._silent_until = 0.0
    app.send_task("tests.mail", queue="high")
    app.close()
    app.close()
