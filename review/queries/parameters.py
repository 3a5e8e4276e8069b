"""How a learner's cards are scheduled, and who has said so."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from accounts.queries.learners import Learner
from review.access import category_of
from review.models import LearnerClock, SchedulingParameters
from review.parameters import DEFAULT_ID, chosen


class Source(StrEnum):
    """Whose choice it is."""

    CATEGORY = "category"
    ABOVE = "category_above"
    LEARNER = "learner"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class ChosenParameters:
    """A set of parameters and whose choice it is."""

    parameters: SchedulingParameters
    source: Source


def desired_retention(learner: Learner) -> float:
    """Return the share of cards the learner wants to recall. One query."""
    of_learner = Subquery(LearnerClock.objects.filter(user_id=learner.id).values("parameters_id"))
    rows = SchedulingParameters.objects.filter(pk=Coalesce(of_learner, DEFAULT_ID))
    (retention,) = rows.values_list("desired_retention", flat=True)
    return retention


def chosen_parameters(learner: Learner, *, category_id: UUID | None = None) -> ChosenParameters:
    """Return what decides the next interval of a category's cards, or of those without a choice.

    Raises CategoryNotFound.
    """
    clock = LearnerClock.objects.filter(user_id=learner.id)
    of_learner = clock.values_list("parameters_id", flat=True).first()
    source = Source.LEARNER if of_learner else Source.DEFAULT
    applied = None
    if category_id is not None:
        category = category_of(learner, category_id)
        applied = category.applied_parameters_id
        if applied:
            source = Source.CATEGORY if category.parameters_id else Source.ABOVE
    return ChosenParameters(
        SchedulingParameters.objects.get(pk=chosen(applied, of_learner)), source
    )
