"""Everything of a person into one zip, from one snapshot of the database."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import orjson
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Field, ForeignKey, Model, Q

from config.operations import archive_format as form
from config.operations.personal_data import Person, rows_of, rule_of

CHUNK = 2_000
_COPIED = 1 << 20
Places = dict[type[Model], dict[Any, int]]


def write(person: Person, to: IO[bytes], *, now: datetime) -> dict[str, int]:
    """Write the zip and return the number of rows by model."""
    counts: dict[str, int] = {}
    places: Places = {}
    with _snapshot(), ZipFile(to, "w", ZIP_DEFLATED, compresslevel=3) as archive:
        files = _Files(archive)
        for model, _ in form.members():
            counts[model._meta.label] = _write_model(archive, files, model, person, places)
        archive.writestr(form.MANIFEST, _manifest(counts, now, files.sizes))
        archive.writestr(form.README, form.DESCRIPTION)
    return counts


@contextmanager
def _snapshot() -> Iterator[None]:
    is_own = not connection.in_atomic_block
    with transaction.atomic():
        if is_own:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _manifest(counts: dict[str, int], now: datetime, files: dict[str, int]) -> bytes:
    models = [
        {
            "model": model._meta.label,
            "rows": counts[model._meta.label],
            "fate": fate.value,
            "fields": {field.name: _kind(field) for field in form.fields_of(model)},
        }
        for model, fate in form.members()
    ]
    about = {"format": "resee", "version": form.VERSION, "written_at": now, "models": models}
    return orjson.dumps(about | {"files": len(files)}, option=orjson.OPT_INDENT_2)


def _kind(field: "Field[Any, Any]") -> str:
    if isinstance(field, ForeignKey):
        target: Any = field.related_model
        return f"row of {target._meta.label}"
    return "file" if form.is_file(field) else field.get_internal_type()


def _write_model(
    archive: ZipFile, files: "_Files", model: type[Model], person: Person, places: Places
) -> int:
    fields = form.fields_of(model)
    own = places.setdefault(model, {})
    names = ["pk", *(field.attname for field in fields)]
    missing: list[str] = []
    rows = rows_of(model, person).filter(rule_of(model).only or Q())
    rows = rows.order_by("pk").values_list(*names)
    with archive.open(form.name_of(model), "w", force_zip64=True) as member:
        for key, *values in rows.iterator(CHUNK):
            own[key] = len(own)
            row = {
                field.name: _shown(field, value, places, missing)
                for field, value in zip(fields, values, strict=True)
            }
            member.write(orjson.dumps(row, option=orjson.OPT_UTC_Z) + b"\n")
    files.add(missing)
    return len(own)


def _shown(field: "Field[Any, Any]", value: Any, places: Places, files: list[str]) -> Any:
    if value is None or value == "":
        return value
    if isinstance(field, ForeignKey):
        target: Any = field.related_model
        place = places.get(target, {}).get(value)
        return _nobodys(target, value) if place is None else place
    if form.is_file(field):
        files.append(str(value))
        return _Files.name(str(value))
    return value


def _nobodys(model: type[Model], key: Any) -> str | None:
    """Name a row that is nobody's; what leads to a row of another, or to none, is left out."""
    shared = rule_of(model).shared
    if shared is None:
        return None
    if not shared:
        return "="
    value = model._base_manager.filter(pk=key).values_list(shared, flat=True).first()
    return f"={value}"


class _Files:
    """The files of an archive, each once, by the hash of its content."""

    _names: dict[str, str]

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.sizes: dict[str, int] = {}

    @staticmethod
    def name(stored: str) -> str:
        """Return a file's name in the zip; empty when the file is gone."""
        digest = hashlib.sha256()
        try:
            with default_storage.open(stored) as file:
                while chunk := file.read(_COPIED):
                    digest.update(chunk)
        except FileNotFoundError:
            return ""
        return f"{form.FILES}/{digest.hexdigest()}{PurePosixPath(stored).suffix}"

    def add(self, stored: list[str]) -> None:
        """Copy files of the storage into the zip."""
        for each in stored:
            name = self.name(each)
            if not name or name in self.sizes:
                continue
            self.sizes[name] = 0
            with default_storage.open(each) as file, self._opened(name) as member:
                while chunk := file.read(_COPIED):
                    self.sizes[name] += member.write(chunk)

    def _opened(self, name: str) -> IO[bytes]:
        self.archive.compression = ZIP_STORED  # pictures and sounds are compressed already
        try:
            return self.archive.open(name, "w", force_zip64=True)
        finally:
            self.archive.compression = ZIP_DEFLATED
