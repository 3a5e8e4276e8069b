"""What was found out about learners' memories, and whose is to be looked at again."""

from collections.abc import Sequence

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.queries.learners import Learner, learners
from review.models import LearnerClock
from review.plan_models import Optimisation, Plan

FACTS_MIN = 400
GROWTH = 1.2  # a fifth more answers may say something new
SHOWN = 50


def learners_to_optimise(*, limit: int) -> Sequence[Learner]:
    """Return who has answered enough since their last time, and has not said no. Two queries."""
    last = Max("user__optimisations__facts_seq")
    rows = (
        LearnerClock.objects.filter(facts_seq__gte=FACTS_MIN)
        .annotate(seen=Coalesce(last, 0))
        .filter(Q(seen=0) | Q(facts_seq__gte=F("seen") * GROWTH))
        .exclude(
            user_id__in=Plan.objects.filter(is_optimised=False, category=None).values("user_id")
        )
    )
    return learners(list(rows.order_by("user_id").values_list("user_id", flat=True)[:limit]))


def optimisations(learner: Learner) -> QuerySet[Optimisation]:
    """Return what was found out about the learner's memory, newest first."""
    return Optimisation.objects.filter(user_id=learner.id).order_by("-id")
