"""Which rows are whose, and what becomes of them: exported, brought back, erased.

Whose a row is follows from its model: a key to the account, or to a row that is somebody's. What
becomes of it every app says for each of its models in ``AppConfig.ready``; a table of which nobody
says anything fails a test, so that nothing new is forgotten when an account is erased.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import CASCADE, DO_NOTHING, PROTECT, FileField, ForeignKey, Model, Q

Row = dict[str, Any]
_OWNING = (CASCADE, PROTECT, DO_NOTHING)


class Fate(StrEnum):
    """What becomes of a model's rows besides being erased with the account."""

    RESTORED = "restored"  # in the archive, and brought back from it
    TOLD = "told"  # in the archive for the learner to read
    ERASED = "erased"  # secrets, copies, and what is made of other rows
    NOBODYS = "nobodys"  # no row is anybody's


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data it is."""

    key: int
    public_id: UUID
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one model's rows are.

    ``omitted`` fields stay out of the archive. ``others`` are further ways to an account with which
    a row has to go. ``shared`` names rows of nobody in the archive: by that field, or by being the
    only one where it is empty.
    ``place`` says under which name a file that comes back is stored; it raises what is wrong.
    ``only`` limits which rows are in the archive; erased are all.
    ``constants`` are stored in rows that come back: values, or made of the row.
    """

    fate: Fate
    omitted: Sequence[str] = ()
    others: Sequence[str] = ()
    shared: str | None = None
    place: Callable[[str, Row, bytes], str] | None = None
    only: Q | None = None
    constants: Mapping[str, Any] = field(default_factory=dict)


_rules: dict[str, Rule] = {}
_forgetters: dict[str, Callable[[Sequence[Person]], None]] = {}
_guards: list[Callable[[Person], None]] = []
_file_enders: dict[str, Callable[[Person], None]] = {}


def register(fate: Fate, *labels: str, **rule: Any) -> None:
    """Say what becomes of the rows of some models, named as ``app.Model``."""
    for label in labels:
        _rules[label] = Rule(fate=fate, **rule)


def on_forget(name: str, forget: Callable[[Sequence[Person]], None]) -> None:
    """Have something done once the rows of people are gone: keys in Redis, views, events."""
    _forgetters[name] = forget


def on_erase(guard: Callable[[Person], None]) -> None:
    """Have something done at the start of each transaction that erases: a lock to be held."""
    _guards.append(guard)


def on_files(label: str, end: Callable[[Person], None]) -> None:
    """Let an app end the files of a model itself, before its rows go."""
    _file_enders[label] = end


def forgetters() -> Mapping[str, Callable[[Sequence[Person]], None]]:
    """Return what is to be done once rows are gone, by name."""
    return dict(_forgetters)


def guards() -> Sequence[Callable[[Person], None]]:
    """Return what each erasing transaction begins with."""
    return tuple(_guards)


def file_ender(label: str) -> Callable[[Person], None] | None:
    """Return how an app ends the files of a model, None where nothing special is to be done."""
    return _file_enders.get(label)


def rule_of(model: type[Model]) -> Rule:
    """Return what was said of a model; KeyError when nothing was."""
    return _rules[model._meta.label]


def rows_of(model: type[Model], person: Person, *, also_others: bool = False) -> Any:
    """Return a queryset of the person's rows, of their own alone unless ``also_others``."""
    path = path_of(model)
    if path is None:
        return model._base_manager.none()
    wanted = Q(**{path: person.key})
    for other in rule_of(model).others if also_others else ():
        wanted |= Q(**{other: person.key})
    return model._base_manager.filter(wanted)


@cache
def path_of(model: type[Model]) -> str | None:
    """Return how a filter gets from a model to the account's key, None where nothing leads there.

    A key called ``user`` goes before others; a rollup's bare number is one too.
    """
    return _path(model, frozenset())


def ordered() -> list[type[Model]]:
    """Return the models with somebody's rows: the account, rollups, and then the others, those
    first that others refer to. Erasure goes backwards: rollups when no fact can add to them."""
    owned = {model for model in _models() if path_of(model)}
    graph = {
        model: {t for t in _targets(model) if t in owned and t is not model} for model in owned
    }
    found = list(TopologicalSorter(graph).static_order())
    return sorted(found, key=lambda model: (model is not account(), bool(_keys(model))))


def account() -> type[Model]:
    """Return the model of the account."""
    return apps.get_model(settings.AUTH_USER_MODEL)


def uncovered(tables: Iterable[str]) -> list[str]:
    """Return what is wrong: tables of the database that no model stands for, models without a rule,
    and rules that say nobody's where a way leads to an account, or the other way round."""
    known = {model._meta.db_table: model for model in _models(also_views=True)}
    found = [f"{table}: no model" for table in tables if table not in known]
    for model in _models(also_views=True):
        rule, label = _rules.get(model._meta.label), model._meta.label
        if rule is None:
            found.append(f"{label}: say in AppConfig.ready what becomes of its rows")
        elif (rule.fate is Fate.NOBODYS) != (path_of(model) is None):
            found.append(f"{label}: {rule.fate}, and the way to an account is {path_of(model)}")
    labels = {model._meta.label for model in _models(also_views=True)}
    return found + [f"{label}: there is no such model" for label in _rules.keys() - labels]


def file_fields(model: type[Model]) -> list[str]:
    """Return the names of a model's fields that hold files."""
    return [f.name for f in model._meta.concrete_fields if isinstance(f, FileField)]


def _models(*, also_views: bool = False) -> list[type[Model]]:
    every = apps.get_models(include_auto_created=True)
    return [
        model
        for model in every
        if not model._meta.proxy and (model._meta.managed or also_views)
        if model._meta.app_label != "pghistory" or model._meta.object_name == "Context"
    ]


def _keys(model: type[Model]) -> list["ForeignKey[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _targets(model: type[Model]) -> set[type[Model]]:
    return {field.related_model for field in _keys(model)}


def _path(model: type[Model], seen: frozenset[type[Model]]) -> str | None:
    user = account()
    if model is user:
        return "pk"
    keys = [key for key in _keys(model) if key.remote_field.on_delete in _OWNING]
    own = sorted((key for key in keys if key.related_model is user), key=lambda k: k.name != "user")
    if own:
        return own[0].attname
    if any(field.name == "user_id" for field in model._meta.concrete_fields):
        return "user_id"
    for key in keys:
        target: Any = key.related_model
        if target not in seen and target is not model:
            further = _path(target, seen | {model})
            if further:
                return f"{key.name}__{further}"
    return None
