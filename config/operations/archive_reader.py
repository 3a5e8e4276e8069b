"""An archive comes back into an empty account: checked row by row, its own keys made anew.

It is a file that anybody may have written: it names nothing but its own rows and files, every value
is checked by its field, and nothing in it decides what is run.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from zipfile import ZipFile

import orjson
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import NOT_PROVIDED, Field, ForeignKey, JSONField, Model

from config.errors import Conflict, Invalid
from config.operations import archive_format as form
from config.operations.archive_checks import LINE_MAX, ROWS_MAX, ArchiveDamaged, limited
from config.operations.personal_data import Fate, Person, path_of, rows_of, rule_of

CHUNK = 5_000
FILE_MAX = 64 << 20
_FILE_NAME = re.compile(rf"{form.FILES}/([0-9a-f]{{64}})(\.\w{{1,8}})?")
Keys = dict[str, list[list[int]]]  # by model: runs of keys, [first, how many]


class AccountNotEmpty(Conflict):
    """An archive comes back into an empty account only."""

    code = "account_not_empty"


class RowsElsewhere(Conflict):
    """Rows with the same public ids are in this installation already."""

    code = "rows_elsewhere"


class Cursor(NamedTuple):
    """How far a reading is: the model's number, the line in its file, and the keys so far."""

    model: int
    line: int
    keys: Keys


def check_empty(person: Person) -> None:
    """Raise AccountNotEmpty when there is anything that an archive would bring."""
    for model in _models():
        counts = not _is_single(model) and model._meta.label != "jobs.Job"
        if counts and rows_of(model, person).exists():
            raise AccountNotEmpty("This account has data already: bring it into a new one.")


def read(archive: ZipFile, person: Person, cursor: Cursor) -> Iterator[Cursor]:
    """Store the rows from the cursor on, in transactions of CHUNK rows; yield how far it is.

    The caller stores the cursor in the transaction of the chunk: iterate inside of one. Raises
    ArchiveDamaged or RowsElsewhere.
    """
    models, keys = _models(), cursor.keys
    for number in range(cursor.model, len(models)):
        loader = _Loader(archive, person, models[number], keys)
        start = cursor.line if number == cursor.model else 0
        for line in loader.load(start):
            yield Cursor(number, line, loader.keys)
        keys = loader.keys
        yield Cursor(number + 1, 0, keys)


def _models() -> list[type[Model]]:
    return [model for model, fate in form.members() if fate is Fate.RESTORED]


def _is_single(model: type[Model]) -> bool:
    """Tell whether an account has one row of it at most, known by the account alone."""
    key: Any = model._meta.pk
    return bool(key.attname == path_of(model))


class _Loader:
    """Brings one model's rows back."""

    def __init__(self, archive: ZipFile, person: Person, model: type[Model], keys: Keys) -> None:
        self.archive, self.person, self.model, self.keys = archive, person, model, keys
        self.fields = form.fields_of(model)
        self.rule = rule_of(model)
        self.extras = [  # what stays out of archives and the database does not fill itself
            field
            for field in model._meta.concrete_fields
            if field not in self.fields and not form.is_own_key(field)
            if field.db_default is NOT_PROVIDED and not field.generated
        ]
        self._numbers: dict[str, list[int]] = {}
        self._shared: dict[tuple[type[Model], str], Any] = {}

    def load(self, start: int) -> Iterator[int]:
        """Store lines from ``start`` on; yield the next line after each chunk."""
        rows, line = [], start
        for text in self._lines(start):
            rows.append(text)
            if len(rows) == CHUNK:
                self._store(rows)
                line += len(rows)
                rows = []
                yield line
        if rows:
            self._store(rows)
            yield line + len(rows)

    def _lines(self, start: int) -> Iterator[bytes]:
        try:
            member = self.archive.open(form.name_of(self.model))
        except KeyError:
            return  # written before there was this model
        with member:
            for number, text in enumerate(iter(lambda: member.readline(LINE_MAX + 1), b"")):
                if len(text) > LINE_MAX or number > ROWS_MAX:
                    raise self._damaged(number, "it is too long")
                if number >= start:
                    yield text

    def _store(self, lines: list[bytes]) -> None:
        table = self.model._meta
        own = self._reserved(len(lines))
        self._remember(own)  # before: rows of this very chunk may name each other
        rows = [self._row(number, text) for number, text in enumerate(lines)]
        if _is_single(self.model):
            rows_of(self.model, self.person).delete()
        columns = self._columns()
        names = ", ".join(connection.ops.quote_name(column) for column in columns)
        try:
            with (
                transaction.atomic(),
                connection.wrap_database_errors,
                connection.cursor() as cursor,
            ):
                with cursor.copy(f"COPY {table.db_table} ({names}) FROM STDIN") as copy:
                    for position, values in enumerate(rows):
                        key = [own[position]] if own else []
                        copy.write_row([*key, *self._accounts(), *values])
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except IntegrityError as error:
            if "duplicate key" in str(error):
                raise RowsElsewhere(
                    "Rows of this archive are in this installation already."
                ) from error
            raise ArchiveDamaged(f"Rows of {table.label} contradict each other.") from error
        except DataError as error:
            raise ArchiveDamaged(f"Rows of {table.label} have values that cannot be.") from error

    def _columns(self) -> list[str]:
        key: Any = self.model._meta.pk
        own = [] if form.is_own_key(key) is False or isinstance(key, ForeignKey) else [key.column]
        accounts = [field.column for field in self._account_fields()]
        return [*own, *accounts, *(field.column for field in [*self.fields, *self.extras])]

    def _account_fields(self) -> list[Any]:
        return [
            field
            for field in self.model._meta.concrete_fields
            if isinstance(field, ForeignKey) and form.is_own_key(field)
        ]

    def _accounts(self) -> list[int]:
        return [self.person.key for _ in self._account_fields()]

    def _reserved(self, count: int) -> list[int]:
        """Take new keys from the table's sequence; none where the key is another row's."""
        key: Any = self.model._meta.pk
        if isinstance(key, ForeignKey):
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [self.model._meta.db_table, key.column, count],
            )
            return [number for (number,) in cursor.fetchall()]

    def _remember(self, own: list[int]) -> None:
        label = self.model._meta.label
        runs = [list(run) for run in self.keys.get(label, [])]
        for key in own:
            if runs and runs[-1][0] + runs[-1][1] == key:
                runs[-1][1] += 1
            else:
                runs.append([key, 1])
        self.keys = {**self.keys, label: runs}
        self._numbers.pop(label, None)

    def _row(self, number: int, text: bytes) -> list[Any]:
        try:
            given = orjson.loads(text)
            values = [self._value(field, given) for field in self.fields]
            return [*values, *(self._extra(field, given) for field in self.extras)]
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise self._damaged(number, str(error)[:200]) from error
        except ValidationError as error:
            raise self._damaged(number, "; ".join(error.messages)[:200]) from error

    def _extra(self, field: "Field[Any, Any]", given: Mapping[str, Any]) -> Any:
        if field.name in self.rule.constants:
            return self._constant(field.name, given)
        return field.get_db_prep_save(field.get_default(), connection)

    def _constant(self, name: str, given: Mapping[str, Any]) -> Any:
        constant = self.rule.constants[name]
        return constant(given) if callable(constant) else constant

    def _value(self, field: "Field[Any, Any]", given: Mapping[str, Any]) -> Any:
        if field.name in self.rule.constants:
            return self._constant(field.name, given)
        value = given[field.name] if field.name in given else field.get_default()
        if isinstance(field, ForeignKey):
            return self._reference(field, value)
        if form.is_file(field):
            return self._file(field, value, dict(given))
        if isinstance(field, JSONField):
            field.run_validators(value)
            return field.get_db_prep_save(value, connection)
        if value is None and not field.null:
            raise ValueError(f"{field.name} is missing")
        value = field.to_python(value)
        if field.choices and value not in field.empty_values:
            field.validate(value, None)
        field.run_validators(value)
        return field.get_db_prep_save(value, connection)

    def _reference(self, field: "ForeignKey[Any, Any]", value: Any) -> Any:
        target: Any = field.related_model
        if value is None:
            constraint: bool = getattr(field, "db_constraint", True)
            if not field.null and constraint:
                raise ValueError(f"{field.name} names no row")
            return None if field.null else 0
        if isinstance(value, str):
            return self._nobodys(target, value)
        label = target._meta.label
        if label not in self._numbers:
            runs = self.keys.get(label, [])
            self._numbers[label] = [first + n for first, count in runs for n in range(count)]
        place = int(value)
        if not 0 <= place < len(self._numbers[label]):
            raise ValueError(f"{field.name} names a row that is not there")
        return self._numbers[label][place]

    def _nobodys(self, model: type[Model], named: str) -> Any:
        shared = rule_of(model).shared
        if shared is None or not named.startswith("="):
            raise ValueError("a reference is no number")
        if (model, named) not in self._shared:
            path = path_of(model)
            wanted = {shared: named[1:]} if shared else {f"{path}__isnull": True}
            rows = model._base_manager.filter(**wanted).order_by("pk")
            self._shared[model, named] = rows.values_list("pk", flat=True).first()
        key = self._shared[model, named]
        if key is None:
            raise ValueError(f"{model._meta.label} {named[1:]} is not known here")
        return key

    def _file(self, field: "Field[Any, Any]", value: Any, row: dict[str, Any]) -> str:
        if not value:
            return ""
        match = _FILE_NAME.fullmatch(value)
        if match is None or self.rule.place is None:
            raise ValueError(f"{field.name} names no file")
        data = limited(self.archive, value, FILE_MAX)
        if hashlib.sha256(data).hexdigest() != match[1]:
            raise ValueError(f"{value} is not what it was")
        try:
            name = self.rule.place(field.name, row, data)
        except Invalid as error:
            raise ValueError(str(error)) from error
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(data))
        return name

    def _damaged(self, number: int, why: str) -> ArchiveDamaged:
        return ArchiveDamaged(f"{form.name_of(self.model)}, line {number + 1}: {why}.")
