"""Who reacts to which events. A handler runs in a transaction of its own, once for each event.

Events may come twice, late, in another order, or after a gap: ``facts_seq`` and ``occurred_at``
tell; that a repeat does nothing is seen to here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from django.db import connection, transaction

from config.outbox.publish import type_of

Handler = Callable[[Any], None]
Handled = TypeVar("Handled", bound=Handler)
_READ: Mapping[Any, Callable[[str], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}
_MARK = """
INSERT INTO outbox_processedevent (handler, event_id, processed_at) VALUES (%s, %s, now())
ON CONFLICT DO NOTHING
"""


class UnknownEvent(Exception):
    """No handler here understands this type or version: perhaps a newer process sent it."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One handler and the events it wants; ``name`` is also its consumer group."""

    name: str
    handler: Handler
    kinds: Mapping[str, type[Any]]

    def handle(self, event: Mapping[str, Any]) -> bool:
        """Let the handler work on an envelope; False when it had done so before. One transaction.

        Raises UnknownEvent, and whatever the handler raises; then nothing is stored.
        """
        known = self.decode(event)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_MARK, [self.name, event["id"]])
            if not cursor.rowcount:
                return False
            self.handler(known)
        return True

    def decode(self, event: Mapping[str, Any]) -> Any:
        """Return the envelope's event, typed; raises UnknownEvent."""
        kind = self.kinds.get(event["type"])
        if kind is None or kind.version != event["version"]:
            raise UnknownEvent(f"{event['type']} version {event['version']}")
        hints = get_type_hints(kind)
        data = event["data"]
        return kind(**{f.name: _typed(hints[f.name], data[f.name]) for f in fields(kind)})


_subscriptions: dict[str, Subscription] = {}


def subscribe(*kinds: type[Any]) -> Callable[[Handled], Handled]:
    """Register a handler of an app's ``handlers.py`` for these events."""

    def register(handler: Handled) -> Handled:
        name = f"{handler.__module__}.{handler.__qualname__}"
        _subscriptions[name] = Subscription(name, handler, {type_of(kind): kind for kind in kinds})
        return handler

    return register


def subscriptions() -> Mapping[str, Subscription]:
    """Return who has subscribed, by name."""
    return dict(_subscriptions)


def _typed(hint: Any, value: Any) -> Any:
    return _READ[hint](value) if hint in _READ and value is not None else value
