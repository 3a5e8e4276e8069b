"""The product's own SQL, noted while it runs, as asyncpg wants it: $1 with a type."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%s|%%")
_TYPES = {int: "bigint", date: "date", datetime: "timestamptz", UUID: "uuid"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement and the names of the values that it takes, in order."""

    sql: str
    names: tuple[str, ...]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Return what stands for $1, $2 ..."""
        return [values[name] for name in self.names]


def noted(action: Callable[[], Any], values: Mapping[str, Any]) -> list[Statement]:
    """Return what ``action`` asks of the database.

    A parameter equal to one of ``values`` goes by its name; any other must be a whole number, which
    is written out.
    """
    seen: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, parameters: Any, *rest: Any) -> Any:
        seen.append(_translated(sql, parameters, values))
        return execute(sql, parameters, *rest)

    with connection.execute_wrapper(note):
        action()
    return seen


def _translated(
    sql: str, parameters: Mapping[str, Any] | Sequence[Any], values: Mapping[str, Any]
) -> Statement:
    names: list[str] = []
    positional = iter(() if isinstance(parameters, Mapping) else parameters or ())

    def replacement(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        value = parameters[match[1]] if isinstance(parameters, Mapping) else next(positional)
        name = next((known for known, one in values.items() if one == value), None)
        if name is None:
            return str(int(value))
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}::{_TYPES[type(values[name])]}"

    return Statement(_PLACEHOLDER.sub(replacement, sql), tuple(names))
