"""How a learner's cards are scheduled: sets of parameters are immutable, one is chosen anew."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.queries.learners import Learner
from review.access import category_of, locked_clock
from review.models import Category, SchedulingParameters
from review.parameters import DEFAULT_ID, chosen

FIELDS = (
    "weights", "desired_retention", "learning_steps_seconds", "relearning_steps_seconds",
    "maximum_interval_days", "is_fuzzed", "leech_threshold", "leech_action",
)  # fmt: skip
_APPLY = """
WITH RECURSIVE tree AS (
    SELECT id, parameters_id AS applied FROM review_category
    WHERE user_id = %s AND parent_id IS NULL
    UNION ALL
    SELECT below.id, coalesce(below.parameters_id, tree.applied)
    FROM review_category AS below JOIN tree ON below.parent_id = tree.id
)
UPDATE review_category AS category SET applied_parameters_id = tree.applied FROM tree
WHERE category.id = tree.id AND category.applied_parameters_id IS DISTINCT FROM tree.applied
"""


@transaction.atomic
def choose_parameters(*, learner: Learner, changes: Mapping[str, Any]) -> SchedulingParameters:
    """Change how the learner's cards are scheduled from the next answer on; return the new set.

    Categories that have chosen for themselves keep their choice.
    """
    clock = locked_clock(learner)
    clock.parameters = _changed(learner, chosen(None, clock.parameters_id), changes)
    clock.save(update_fields=["parameters"])
    return clock.parameters


def choose_retention(learner: Learner, retention: float) -> None:
    """Change the share of cards the learner wants to recall, 0.7-0.99, from the next answer on."""
    choose_parameters(learner=learner, changes={"desired_retention": retention})


@transaction.atomic
def choose_category_parameters(
    *, learner: Learner, category_id: UUID, changes: Mapping[str, Any]
) -> SchedulingParameters:
    """Change how the cards of a category, and of those below it, are scheduled from now on.

    Raises CategoryNotFound.
    """
    category = category_of(learner, category_id, lock=True)
    clock = locked_clock(learner)
    now = chosen(category.applied_parameters_id, clock.parameters_id)
    category.parameters = _changed(learner, now, changes)
    category.save(update_fields=["parameters"])
    apply_parameters(learner)
    return category.parameters


@transaction.atomic
def inherit_parameters(*, learner: Learner, category_id: UUID) -> Category:
    """Let the category follow the one above it, or the learner's own choice. Twice is once.

    Raises CategoryNotFound.
    """
    category = category_of(learner, category_id, lock=True)
    category.parameters = None
    category.save(update_fields=["parameters"])
    apply_parameters(learner)
    category.refresh_from_db(fields=["applied_parameters"])
    return category


def apply_parameters(learner: Learner) -> None:
    """Write down, for every category, the choice nearest above it; after each change of the tree.

    One statement, in the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_APPLY, [learner.id])


def _changed(
    learner: Learner, parameters_id: int, changes: Mapping[str, Any]
) -> SchedulingParameters:
    """Return a new set, or the old one where nothing changes and it is the learner's own."""
    row = SchedulingParameters.objects.get(pk=parameters_id)
    before = {name: getattr(row, name) for name in FIELDS}
    wanted = before | dict(changes)
    if wanted == before and row.pk != DEFAULT_ID:
        return row
    return SchedulingParameters.objects.create(user_id=learner.id, **wanted)
