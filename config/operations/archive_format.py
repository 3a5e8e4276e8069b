"""How an archive of a person's data is written, and its own description.

A zip: ``manifest.json``; ``rows/<app>.<Model>.jsonl``, an object a line; ``files/<sha256>.<ext>``.
Keys of the database never leave it: a row is known by its place in its file, from 0.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import (
    BinaryField,
    CompositePrimaryKey,
    Field,
    FileField,
    ForeignKey,
    Model,
)

from config.operations.personal_data import Fate, account, ordered, rule_of

VERSION = 1
MANIFEST, ROWS, FILES, README = "manifest.json", "rows", "files", "README.md"
DESCRIPTION = """\
# Your data

`manifest.json` says when this was written, how many rows of each kind there are, and which fields
they have. `rows/APP.MODEL.jsonl` holds one JSON object a line, the oldest first.

- Moments are ISO 8601 in UTC; days are your own days.
- A field that names another row holds its place in that row's file, counted from 0; null for none.
  A text that begins with `=` names a row that is nobody's, such as a question of the level test.
- A field that names a file holds `files/SHA256.EXTENSION`; the file lies under that name.
- `review.ReviewHistory` holds every answer you gave: `rating` 1 again, 2 hard, 3 good, 4 easy;
  `kind` review, undo, reset or import; `sign` -1 takes back what `undoes` names.
- `review.ReviewSchedule` says when each card (`review.Content`) is due, and what FSRS-6 knows.

What is `restored` in the manifest comes back when the zip is sent to POST
/api/v1/account/archives/import/ of an empty account; the rest is for you to read.
"""


def members() -> Iterator[tuple[type[Model], Fate]]:
    """Yield the models of an archive, those first that others refer to."""
    for model in ordered():
        fate = rule_of(model).fate
        if fate in {Fate.RESTORED, Fate.TOLD} and model._meta.managed:
            yield model, fate


def name_of(model: type[Model]) -> str:
    """Return the name of a model's file in the zip."""
    return f"{ROWS}/{model._meta.label}.jsonl"


def fields_of(model: type[Model]) -> list["Field[Any, Any]"]:
    """Return the fields that are written: neither keys of ours nor what is to stay here."""
    omitted = rule_of(model).omitted
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in omitted and not is_own_key(field)
        if not field.generated and not isinstance(field, (BinaryField, CompositePrimaryKey))
    ]


def is_own_key(field: "Field[Any, Any]") -> bool:
    """Tell whether a field is a row's own number, or names the account."""
    if isinstance(field, ForeignKey):
        return field.related_model is account()
    return bool(field.primary_key)


def is_file(field: "Field[Any, Any]") -> bool:
    """Tell whether a field holds a file."""
    return isinstance(field, FileField)
