"""Background work of the review app; the beat schedule stands in config/celery.py."""

import time
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from review import metrics, projections
from review.commands import exporting, importing, imports, optimising, plans
from review.queries import anki_export, optimisations, planning, statistics

OPTIMISED_A_NIGHT = 500
WARM_SECONDS = PLAN_SECONDS = 15.0  # units of work stay below 20


@shared_task(name="review.tasks.fold")
def fold(**_: object) -> None:
    """Add new facts to the rollups."""
    metrics.FACTS_FOLDED.set(projections.fold())
    metrics.FOLDED_AT.set_to_current_time()
    metrics.TAIL_FACTS.set(projections.age().tail_count)


@shared_task(name="review.tasks.rebuild")
def rebuild(**_: object) -> None:
    """Make all read models from nothing; writers wait meanwhile."""
    projections.rebuild()


@shared_task(name="review.tasks.warm")
def warm(**_: object) -> None:
    """Keep the figures of active learners in the cache, above all where their day has begun."""
    statistics.warm(now=timezone.now(), seconds=WARM_SECONDS)


@shared_task(name="review.tasks.plan")
def plan(**_: object) -> None:
    """Give the cards their days where a day has begun; who is left out is planned next time."""
    ends_at = time.monotonic() + PLAN_SECONDS
    for learner in planning.learners_to_plan(timezone.now()):
        plans.place_cards(learner=learner, now=timezone.now())
        if time.monotonic() > ends_at:
            break


@shared_task(name="review.tasks.refresh")
def refresh(**_: object) -> None:
    """Publish the rollups in the materialized view."""
    projections.refresh()
    metrics.REFRESHED_AT.set_to_current_time()


@shared_task(name="review.tasks.optimise_learners")
def optimise_learners(**_: object) -> None:
    """Promise to fit the weights of those who have answered much since the last time."""
    for learner in optimisations.learners_to_optimise(limit=OPTIMISED_A_NIGHT):
        optimising.request_optimisation(learner=learner)


@shared_task(name="review.tasks.optimise")
def optimise(*, job_id: str, user_id: int, **_later_fields: Any) -> None:
    """See ``optimising.optimise``."""
    optimising.optimise(job_id=UUID(job_id), user_id=user_id, clock=timezone.now)


@shared_task(name="review.tasks.prune_imports")
def prune_imports(**_later_fields: Any) -> None:
    """See ``imports.prune_imports`` and ``exporting.prune_exports``."""
    imports.prune_imports(now=timezone.now())
    exporting.prune_exports(now=timezone.now())


@shared_task(name="review.tasks.export_anki")
def export_anki(*, job_id: str, export_id: str, **_later_fields: Any) -> None:
    """See ``exporting.export_anki``."""
    exporting.export_anki(
        job_id=UUID(job_id),
        export_id=UUID(export_id),
        write=anki_export.write_package,
        clock=timezone.now,
    )


@shared_task(name="review.tasks.import_anki")
def import_anki(*, job_id: str, import_id: str, **_later_fields: Any) -> None:
    """See ``importing.import_anki``."""
    importing.import_anki(job_id=UUID(job_id), import_id=UUID(import_id), clock=timezone.now)
