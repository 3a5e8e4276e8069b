"""A person's data goes: files, rows in the order of their keys, keys in Redis, what is derived.

It is done in steps that may be cut off anywhere and are done again: each finds what is left.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pgtrigger
import structlog
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import SET_NULL, ForeignKey, Model, Q

from config.operations.personal_data import (
    Person,
    account,
    file_ender,
    file_fields,
    forgetters,
    guards,
    ordered,
    rows_of,
)

BATCH = 5_000
log = structlog.get_logger(__name__)


def erase(people: Sequence[Person]) -> None:
    """Leave nothing of these people; raises what a part that is away raises, and is done again.

    Their log-ins have ended before: nobody writes for them any more.
    """
    for person in people:
        for model in reversed(ordered()):
            _end_files(model, person)
            _delete_rows(model, person)
    for name, forget in forgetters().items():
        forget(people)
        log.info("forgotten", part=name, people=len(people))


def _end_files(model: type[Model], person: Person) -> None:
    """Delete files that no row of another is of; files go first, so none is left without a row."""
    end = file_ender(model._meta.label)
    if end is not None:
        end(person)
        return
    own = rows_of(model, person, also_others=True)
    for field in file_fields(model):
        names = set(own.exclude(**{field: ""}).values_list(field, flat=True))
        rest = model._base_manager.exclude(pk__in=own.values("pk"))
        names -= set(rest.filter(**{f"{field}__in": names}).values_list(field, flat=True))
        for name in names:
            default_storage.delete(name)


def _delete_rows(model: type[Model], person: Person) -> None:
    rows = rows_of(model, person, also_others=True).order_by("-pk")
    fields = [key for key in model._meta.concrete_fields if isinstance(key, ForeignKey)]
    is_chained = any(key.related_model is model for key in fields) and not _is_append_only(model)
    size = None if is_chained or _has_composite_key(model) else BATCH
    while True:
        with _erasing(person):
            if size is None:
                _let_go(model, rows)
                rows.order_by()._raw_delete(rows.db)
                return
            keys = list(rows.values_list("pk", flat=True)[:size])
            _let_go(model, model._base_manager.filter(pk__in=keys))
            model._base_manager.filter(pk__in=keys)._raw_delete(rows.db)
        if len(keys) < size:
            return


def _let_go(model: type[Model], rows: Any) -> None:
    """Empty what refers to the rows and may be empty; drop what the admin's log says of them."""
    for other in apps.get_models():
        for key in other._meta.concrete_fields:
            relation: Any = key.remote_field
            if key.related_model is model and relation.on_delete is SET_NULL:
                referring = {f"{key.name}__in": rows.order_by().values("pk")}
                other._base_manager.filter(**referring).update(**{key.name: None})
    if model is account():
        _end_log_entries(rows)


def _end_log_entries(accounts: Any) -> None:
    """The admin's log names accounts by their addresses, the audit who of staff was at work."""
    keys = list(accounts.order_by().values_list("pk", flat=True))
    label = account()._meta
    of_accounts = Q(content_type__app_label=label.app_label, content_type__model=label.model_name)
    entries = apps.get_model("admin.LogEntry").objects
    entries.filter(of_accounts, object_id__in=[str(key) for key in keys]).delete()
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if {"pgh_context", "pgh_obj"} <= names:
            model._base_manager.filter(pgh_context__user__in=keys).update(pgh_context={})


@contextmanager
def _erasing(person: Person) -> Iterator[None]:
    """A transaction in which this person's facts, and their audit, may be deleted."""
    with transaction.atomic(), pgtrigger.ignore(*_protected()):
        for guard in guards():
            guard(person)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('resee.erasing_user', %s, true)", [str(person.key)])
        yield


def _protected() -> list[str]:
    return [
        f"{model._meta.label}:{trigger.name}"
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", ())
        if trigger.name == "append_only"
    ]


def _is_append_only(model: type[Model]) -> bool:
    names = {trigger.name for trigger in getattr(model._meta, "triggers", ())}
    return "no_update" in names


def _has_composite_key(model: type[Model]) -> bool:
    return not hasattr(model._meta.pk, "attname") or model._meta.pk.get_internal_type() == (
        "CompositePrimaryKey"
    )
