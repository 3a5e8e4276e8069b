"""What others rely on, in one page: events, queues, beat, environment variables."""

import dataclasses
import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from config.retention import RULES
from config.settings.variables import VARIABLES

_HEAD = """# Contract

Written from the code by `manage.py contract`; `manage.py contract --check` fails when it is stale.
The REST API's contract is [openapi.yaml](openapi.yaml), [resee_client.py](resee_client.py) a typed
client of it.
"""
_QUEUE = (
    "Queue", "Meaning", "Worker", "Longest", "Lifetime, s", "Attempts", "Pauses, s",
    "Task limit, s",
)  # fmt: skip
_STREAM = """Events are in the Redis stream `events` of database 0, at least once and in order. An
entry has the fields `type` and `event`, the latter as JSON: `id`, `type`, `version` and `data`, the
fields above. Each is announced on the channel `events:<type>` as well.
[examples/subscriber.py](examples/subscriber.py) is a service that listens.
"""


def contract(queues: Iterable[Any], routes: Mapping[str, Any], schedule: Mapping[str, Any]) -> str:
    """Return the page; ``queues``, ``routes`` and ``schedule`` are the tables of config.celery."""
    sections = [
        _HEAD,
        _table("Events", ("Event", "Version", "Meaning", "Fields"), _events()),
        _STREAM,
        _table("Queues", _QUEUE, _queues(queues)),
        _table("Routes", ("Task", "Queue"), ((n, r["queue"]) for n, r in routes.items())),
        _table("Clock", ("Entry", "Task", "Every, s"), _clock(schedule)),
        _table("Retention", ("What", "Kept", "Ended by"), _retention()),
        _table("Environment variables", ("Variable", "Default", "Meaning"), _variables()),
    ]
    return "\n".join(sections)


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    if not lines:
        return f"## {title}\n\nNone yet.\n"
    head = f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}"
    return "\n".join((f"## {title}\n", head, *lines, ""))


def _events() -> Iterator[tuple[object, ...]]:
    for app in apps.get_app_configs():
        if app.name in {"accounts", "review", "exams", "ocr", "chat"} and find_spec(
            f"{app.name}.events"
        ):
            module = importlib.import_module(f"{app.name}.events")
            kind: Any
            for name, kind in inspect.getmembers(module, dataclasses.is_dataclass):
                fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(kind))
                yield f"`{app.name}.{name}`", kind.version, _first_line(kind), fields


def _first_line(kind: object) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def _queues(queues: Iterable[Any]) -> Iterator[tuple[object, ...]]:
    for queue in queues:
        pauses = f"{queue.retry.pause_seconds} to {queue.retry.pause_seconds_max}"
        limits = queue.length_max, queue.ttl_seconds, queue.retry.attempts, pauses
        yield f"`{queue.name}`", queue.meaning, queue.worker, *limits, queue.time_limit_seconds


def _clock(schedule: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for name, entry in schedule.items():
        yield f"`{name}`", f"`{entry['task']}`", entry["schedule"]


def _retention() -> Iterator[tuple[str, str, str]]:
    for rule in RULES:
        kept = f"`{rule.setting}`" if rule.setting else _duration(rule.kept)
        yield rule.what, kept, f"`{rule.entry}`"


def _duration(kept: timedelta | None) -> str:
    hours = (kept or timedelta()) // timedelta(hours=1)
    return "" if not hours else f"{hours} h" if hours <= 24 else f"{hours // 24} days"


def _variables() -> Iterator[tuple[str, str, str]]:
    for variable in VARIABLES:
        default = f"`{variable.default}`" if variable.default else ""
        yield f"`{variable.name}`", default, variable.meaning
