"""An event leaves its command: stored by the same transaction, so both are there or neither."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Protocol

import orjson
from django.db import connection
from django.db.transaction import TransactionManagementError

from config.identifiers import new_public_id_text

_STORE = "INSERT INTO outbox_outboxentry (events, created_at) VALUES (%s, now())"


class Event(Protocol):
    """A frozen dataclass in an app's ``events.py``: ids and ``occurred_at``, nothing else."""

    version: ClassVar[int]
    __dataclass_fields__: ClassVar[dict[str, Any]]


def type_of(kind: type[Any]) -> str:
    """Return an event's name in the world: app and class, such as ``review.ReviewRecorded``."""
    return _name(kind.__module__, kind.__name__)


@cache
def _name(module: str, name: str) -> str:
    return f"{module.partition('.')[0]}.{name}"


def envelope(event: Event) -> Mapping[str, Any]:
    """Return what is sent: an id of its own, the type, its version and the fields as data."""
    return {
        "id": new_public_id_text(),
        "type": type_of(type(event)),
        "version": event.version,
        "data": event,
    }


def publish(*events: Event) -> None:
    """Store the events for the relay; the caller's transaction decides whether they happened.

    One query for all of them, none for none.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("events are published inside the command's transaction")
    if events:
        text = orjson.dumps([envelope(event) for event in events], option=orjson.OPT_UTC_Z)
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [text.decode()])
