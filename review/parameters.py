"""Which parameters decide a card's next interval, read from the database once a process."""

from functools import lru_cache

from review.leeches import LeechAction, LeechRule
from review.models import SchedulingParameters
from review.scheduling import Parameters

DEFAULT_ID = 1  # made by migration 0002


@lru_cache(maxsize=4096)
def parameters(parameters_id: int) -> Parameters:
    """Return the parameters with this key; rows never change, so they are kept for ever."""
    row = _row(parameters_id)
    return Parameters(
        weights=tuple(row.weights),
        desired_retention=row.desired_retention,
        learning_steps_seconds=tuple(row.learning_steps_seconds),
        relearning_steps_seconds=tuple(row.relearning_steps_seconds),
        maximum_interval_days=row.maximum_interval_days,
        is_fuzzed=row.is_fuzzed,
    )


@lru_cache(maxsize=4096)
def leech_rule(parameters_id: int) -> LeechRule:
    """Return when the cards that these parameters schedule are leeches, and what then."""
    row = _row(parameters_id)
    return LeechRule(row.leech_threshold, LeechAction(row.leech_action))


@lru_cache(maxsize=4096)
def _row(parameters_id: int) -> SchedulingParameters:
    return SchedulingParameters.objects.get(pk=parameters_id)


def chosen(category_choice: int | None, learner_choice: int | None) -> int:
    """Return the key that counts: the category's before the learner's before the default."""
    return category_choice or learner_choice or DEFAULT_ID
