"""The Redis stream that carries events, and its consumer groups.

Every event is one entry with the fields ``type`` and ``event`` (the envelope as JSON), and is
announced on the channel ``events:<type>`` for whoever only wants to be woken.
"""

from collections.abc import Container, Iterable, Mapping
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from redis import Redis, ResponseError

from config.settings.base import redis_url

KEY = "events"
UNREAD_MAX = 100_000  # entries kept while nobody has subscribed
Entry = tuple[bytes, Mapping[str, Any]]


@cache
def client() -> "Redis":
    """Return this process's connection pool to the stream's database."""
    return Redis.from_url(
        redis_url(settings.REDIS_URL, "events"), socket_connect_timeout=1, socket_timeout=5
    )


def is_there() -> bool:
    """Tell whether the stream exists: once it does, only a loss of data makes it go."""
    return bool(client().exists(KEY))


def send(events: Iterable[Mapping[str, Any]]) -> None:
    """Append the envelopes in their order and announce each; one round trip."""
    with client().pipeline(transaction=False) as pipeline:
        for event in events:
            text = orjson.dumps(event)
            pipeline.xadd(KEY, {"type": event["type"], "event": text})
            pipeline.publish(f"{KEY}:{event['type']}", text)
        pipeline.execute()


def create_group(group: str) -> None:
    """Make the group, from the stream's beginning, unless it is there."""
    try:
        client().xgroup_create(KEY, group, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def read(group: str, consumer: str, *, count: int) -> list[Entry]:
    """Return entries that nobody of the group has had."""
    found: Any = client().xreadgroup(group, consumer, {KEY: ">"}, count=count)
    return [_entry(*pair) for _, entries in found for pair in entries]


def waiting(group: str, *, idle_ms: int, count: int) -> dict[bytes, int]:
    """Return what was delivered, not acknowledged and left for that long: id -> deliveries."""
    rows: Any = client().xpending_range(KEY, group, "-", "+", count, idle=idle_ms)
    return {row["message_id"]: row["times_delivered"] for row in rows}


def claim(group: str, consumer: str, entry_id: bytes, *, idle_ms: int) -> list[Entry]:
    """Take an entry over unless another consumer has just done so; one more delivery."""
    found: Any = client().xclaim(KEY, group, consumer, idle_ms, [entry_id])
    return [_entry(*pair) for pair in found]


def acknowledge(group: str, entry_id: bytes) -> None:
    """Tell that the group needs the entry no more."""
    client().xack(KEY, group, entry_id)


def trim() -> int:
    """Drop what every group has acknowledged; return how many entries are left."""
    needed = [_needed_from(group) for group in _groups()]
    if needed:
        oldest = min(needed, key=_order)
        client().xtrim(KEY, minid=oldest, approximate=False)
    else:
        client().xtrim(KEY, maxlen=UNREAD_MAX)
    return int(client().xlen(KEY))


def drop(field: str, values: Container[str]) -> None:
    """Remove entries whose data has one of the values in a field, whoever has not had them yet."""
    start: Any = "-"
    while True:
        entries: Any = client().xrange(KEY, start, "+", count=1000)
        if not entries:
            return
        found = [_entry(*pair) for pair in entries]
        gone = [key for key, event in found if event["data"].get(field) in values]
        if gone:
            client().xdel(KEY, *gone)
        start = b"(" + found[-1][0]


def _groups() -> list[dict[str, Any]]:
    try:
        groups: Any = client().xinfo_groups(KEY)
    except ResponseError:
        return []  # no stream yet
    return list(groups)


def _needed_from(group: Mapping[str, Any]) -> bytes:
    if group["pending"]:
        pending: Any = client().xpending(KEY, group["name"])
        return bytes(pending["min"])
    return bytes(group["last-delivered-id"])


def _order(entry_id: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition(b"-")
    return int(milliseconds), int(sequence)


def _entry(entry_id: bytes, values: Mapping[bytes, bytes]) -> Entry:
    return entry_id, orjson.loads(values[b"event"])
