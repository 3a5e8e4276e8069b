"""Send events from the outbox to the stream, and let the handlers work on them."""

import os
import signal
import socket
import threading
import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections
from redis import RedisError

from config.outbox import metrics, stream
from config.outbox.consume import consume
from config.outbox.relay import Relay

IDLE_SECONDS = 0.2
AFTER_FAULT_SECONDS = 1.0
TRIM_SECONDS = 60.0
log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """`manage.py relay` runs until SIGTERM; several may run, one of them sends."""

    help = "Send events to the stream and let the handlers work on them, until SIGTERM."

    def handle(self, **_: Any) -> None:
        """Loop; a Redis or a database that is away is waited for."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        relay, consumer, trimmed_at = Relay(), f"{socket.gethostname()}-{os.getpid()}", 0.0
        while not stop.is_set():
            try:
                count = relay.run() + consume(consumer)
                if time.monotonic() - trimmed_at > TRIM_SECONDS:
                    metrics.STREAM_LENGTH.set(stream.trim())
                    trimmed_at = time.monotonic()
            except (RedisError, DatabaseError) as error:
                log.warning("relay_waits", error=type(error).__name__)
                close_old_connections()
                stop.wait(AFTER_FAULT_SECONDS)
            else:
                stop.wait(0 if count else IDLE_SECONDS)
