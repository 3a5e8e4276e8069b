"""A row of any table, for pages that show them all."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Field, Model
from django.utils import timezone


def a_row(model: type[Model], number: int, made: dict[type[Model], Model]) -> Model:
    """Store a row of ``model`` with whatever it needs; what is in ``made`` is taken again."""
    values = {
        field.attname if field.is_relation else field.name: _value(field, number, made)
        for field in model._meta.concrete_fields
        if not field.has_default() and not field.null and not isinstance(field, models.AutoField)
        and field.db_default is models.NOT_PROVIDED
    }  # fmt: skip
    if model._meta.pk.has_default():  # a table of one row
        return model._default_manager.update_or_create(pk=model._meta.pk.default, defaults=values)[
            0
        ]
    return model._default_manager.create(**values)


def _value(field: "Field[Any, Any]", number: int, made: dict[type[Model], Model]) -> Any:
    if isinstance(field, models.ForeignKey):
        target: type[Model] = field.related_model
        if field.unique or target not in made or _is_pair(field.model):
            made[target] = a_row(target, number, made)
        return made[target].pk
    if field.choices:
        return field.flatchoices[0][0]
    return _plain(field, number)


def _is_pair(model: type[Model]) -> bool:
    """Two rows with the same keys would be one and the same."""
    pairs = [each.fields for each in model._meta.constraints if hasattr(each, "fields")]
    return any(all(model._meta.get_field(name).is_relation for name in pair) for pair in pairs)


def _plain(field: "Field[Any, Any]", number: int) -> Any:
    kind = type(field).__name__
    plain: dict[str, Any] = {
        "DateTimeField": timezone.now() + timedelta(days=number),
        "DateField": timezone.now().date() + timedelta(days=number),
        "JSONField": [[number]],
        "JSONTextField": [number],
        "ArrayField": [1.0] * 21,
        "FloatField": 0.5,
        "BooleanField": False,
        "UUIDField": uuid4(),
        "EmailField": f"{uuid4().hex}@example.com",
        "CharField": uuid4().hex[: field.max_length or 32],
        "TextField": f"text {number}",
        "FileField": "file.png",
    }
    is_of_key = any(field.name in getattr(c, "fields", ()) for c in field.model._meta.constraints)
    return plain.get(kind, 0 if field.name.endswith("_count") and not is_of_key else number)
