"""A learner's tree of categories."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.queries.learners import Learner
from config.errors import Conflict, Invalid
from review.access import categories_of, category_of
from review.commands.moves import move_all
from review.commands.parameters import apply_parameters
from review.models import Category

DEPTH_MAX = 8
NAME_MAX = 100
Check = Callable[[Category], None]


class CategoryExists(Conflict):
    """A category of this name stands at this place already."""

    code = "category_exists"


class CategoryNotEmpty(Conflict):
    """A category that holds cards or categories is not deleted."""

    code = "category_not_empty"


class CategoryTooDeep(Invalid):
    """The tree would be deeper than allowed, or a category its own ancestor."""

    code = "category_too_deep"


@transaction.atomic
def create_category(*, learner: Learner, name: str, parent_id: UUID | None = None) -> Category:
    """Store a category below ``parent_id``, or at the top."""
    tree = _locked_tree(learner)
    parent = category_of(learner, parent_id, field="parent") if parent_id else None
    _check_place(tree, parent)
    applied = parent.applied_parameters if parent else None
    return _save(Category(user_id=learner.id, name=name, parent=parent, applied_parameters=applied))


@transaction.atomic
def change_category(
    *,
    learner: Learner,
    category_id: UUID,
    changes: Mapping[str, Any],
    check: Check = lambda _: None,
) -> Category:
    """Rename a category (``name``) and hang it, with all below it, elsewhere (``parent``).

    ``check`` may raise: it sees the category locked, as it is before the change.
    """
    tree = _locked_tree(learner)
    category = category_of(learner, category_id)
    check(category)
    category.name = changes.get("name", category.name)
    if "parent" in changes:
        parent_id = changes["parent"]
        parent = category_of(learner, parent_id, field="parent") if parent_id else None
        _check_place(tree, parent, moving=category, height=_height(tree, category))
        category.parent = parent
    _save(category)
    apply_parameters(learner)
    return category


@transaction.atomic
def delete_category(
    *,
    learner: Learner,
    category_id: UUID,
    now: datetime,
    into_id: UUID | None = None,
    check: Check = lambda _: None,
) -> None:
    """Delete a category; its cards, with their past reviews, and its children go ``into`` another.

    Without one it has to be empty: archived cards count too, for their history names it.
    """
    tree = _locked_tree(learner)
    category = category_of(learner, category_id)
    check(category)
    if into_id is None:
        if category.contents.exists() or category.children.exists():
            raise CategoryNotEmpty("This category holds cards or categories: say into which other.")
    else:
        target = category_of(learner, into_id, field="into")
        _check_place(tree, target, moving=category, height=_height(tree, category) - 1)
        move_all(learner=learner, source=category, target=target, now=now)
        for child in category.children.all():
            child.parent = target
            _save(child)
        apply_parameters(learner)
    category.delete()


@transaction.atomic
def categories_at(
    *, learner: Learner, paths: Collection[Sequence[str]]
) -> dict[tuple[str, ...], Category]:
    """Return the categories at these paths of names, made where there are none.

    What lies deeper than a tree may is one category there; names are cut to their length.
    """
    rows = {(row.parent_id, row.name): row for row in categories_of(learner).order_by("pk")}
    found: dict[tuple[str, ...], Category] = {}
    for path in paths:
        parent: Category | None = None
        for name in levels(path):
            key = (parent.pk if parent else None, name)
            if key not in rows:
                applied = parent.applied_parameters_id if parent else None
                new = Category(user_id=learner.id, name=name, parent=parent)
                new.applied_parameters_id = applied
                rows[key] = _save(new)
            parent = rows[key]
        assert parent is not None
        found[tuple(path)] = parent
    return found


def levels(path: Sequence[str]) -> list[str]:
    """Return the names of the categories at a path."""
    top, rest = path[: DEPTH_MAX - 1], path[DEPTH_MAX - 1 :]
    return [name[:NAME_MAX] for name in [*top, *(["::".join(rest)] if rest else [])]]


def inbox(*, learner: Learner, name: str) -> Category:
    """Return the learner's top-level category of this name, made on first use."""
    return categories_of(learner).get_or_create(
        parent=None, name=name, defaults={"user_id": learner.id}
    )[0]


def _save(category: Category) -> Category:
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:
        raise CategoryExists(
            "You have a category of this name here already.", field="name"
        ) from None
    return category


def _locked_tree(learner: Learner) -> dict[int, int | None]:
    """Return each category's parent, by key, locked: two moves at once could close a loop."""
    rows = categories_of(learner).order_by("pk").select_for_update(no_key=True)
    return dict(rows.values_list("pk", "parent_id"))


def _check_place(
    tree: Mapping[int, int | None],
    parent: Category | None,
    *,
    moving: Category | None = None,
    height: int = 1,
) -> None:
    """Raise CategoryTooDeep unless ``height`` levels have their place below ``parent``."""
    above = _path(tree, parent.pk) if parent else []
    if len(above) + height > DEPTH_MAX or (moving and moving.pk in above):
        raise CategoryTooDeep(
            f"Categories go {DEPTH_MAX} levels deep, and none stands below itself.",
            field="parent",
        )


def _height(tree: Mapping[int, int | None], category: Category) -> int:
    """Return how many levels hang on a category, its own included."""
    paths = [_path(tree, key) for key in tree]
    return max(path.index(category.pk) + 1 for path in paths if category.pk in path)


def _path(tree: Mapping[int, int | None], key: int) -> list[int]:
    """Return the keys from a category up to the top."""
    path, above = [key], tree.get(key)
    while above is not None and above not in path:
        path.append(above)
        above = tree.get(above)
    return path
