"""A hot queryset's SQL, compiled once a process: Django's compiler costs more than such a query."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

_INTEGER = -4_000_000_000_000  # samples that stand for what varies; nothing else is equal to one
_INSTANT = datetime(1583, 1, 1, tzinfo=UTC)


class _Statement(NamedTuple):
    sql: str
    parameters: list[Any]  # a name in ``places`` stands where one of them varies
    places: Mapping[int, str]
    names: list[str]
    convert: Callable[[list[Any]], Any]


class Compiled:
    """What ``build`` returns, to be run with other values: integers and instants.

    ``build`` takes them by keyword and returns ``QuerySet.values()``; ``limit`` is part of the SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]]) -> None:
        self._build = build
        self._statements: dict[int | None, _Statement] = {}

    def rows(self, *, limit: int | None = None, **values: Any) -> list[dict[str, Any]]:
        """Return the rows as ``values()`` would. One query."""
        statement = self._statements.get(limit)
        if statement is None:
            statement = self._statements[limit] = self._compile(limit, values)
        parameters = list(statement.parameters)
        for place, name in statement.places.items():
            parameters[place] = values[name]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, parameters)
            found = statement.convert(cursor.fetchall())
        return [dict(zip(statement.names, row, strict=True)) for row in found]

    def _compile(self, limit: int | None, values: Mapping[str, Any]) -> _Statement:
        samples = {name: _sample(value, n) for n, (name, value) in enumerate(values.items())}
        query = self._build(**samples)[:limit].query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        names = {sample: name for name, sample in samples.items()}
        places = {n: names[value] for n, value in enumerate(parameters) if _is_in(value, names)}
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        return _Statement(
            sql,
            list(parameters),
            places,
            list(query.selected or query.annotation_select),
            lambda rows: compiler.apply_converters(rows, converters) if converters else rows,
        )


def _sample(value: Any, number: int) -> Any:
    if isinstance(value, datetime):
        return _INSTANT + timedelta(days=number)
    assert isinstance(value, int), "only integers and instants may vary"
    return _INTEGER - number


def _is_in(value: Any, names: Mapping[Any, str]) -> bool:
    return isinstance(value, (int, datetime)) and value in names
