"""How a learner's cards are scheduled, and who has said so."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from accounts.queries.learners import Learner
from review.access import category_of
from review.models import LearnerClock, SchedulingParameters
from review.parameters import chosen


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
