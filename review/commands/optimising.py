"""A learner's own FSRS-6 weights: fitted by a process of its own, kept if they foresee better."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from accounts.queries.learners import Learner, learner
from config.errors import Conflict, NotFound
from config.jobs.dispatch import accept, admit
from config.jobs.leases import Clock, Lease, finish
from config.jobs.models import Job
from config.jobs.work import CannotBeDone, do_unit
from review.access import facts_seq, locked_clock
from review.answer_logs import AnswerLog, answer_log, habits_of
from review.commands.parameters import choose_category_parameters, choose_parameters
from review.models import Category, LearnerClock, SchedulingParameters
from review.parameters import chosen
from review.plan_models import Optimisation

TASK = "review.tasks.optimise"
ANSWERS_MIN = 400
SECONDS_MAX = 60
ATTEMPTS_MAX = 2

log = structlog.get_logger(__name__)


class TooFewAnswers(Conflict):
    """Nothing can be said of a memory by so few answers."""

    code = "too_few_answers"


def request_optimisation(*, learner: Learner) -> Job:
    """Promise to fit the weights to the learner's answers; a promise that waits is the same one.

    Raises TooFewAnswers.
    """
    if facts_seq(learner) < ANSWERS_MIN:
        raise TooFewAnswers(f"It takes {ANSWERS_MIN} answers.")
    admit(task=TASK)
    with transaction.atomic():
        locked_clock(learner)
        open_states = (Job.State.QUEUED, Job.State.RUNNING)
        waiting = Job.objects.filter(user_id=learner.id, task=TASK, state__in=open_states).first()
        arguments = {"user_id": learner.id}
        return waiting or accept(
            task=TASK, arguments=arguments, user_id=learner.id, attempts_max=ATTEMPTS_MAX
        )


def optimise(*, job_id: UUID, user_id: int, clock: Clock) -> None:
    """Do the job that ``request_optimisation`` promised."""

    def work(lease: Lease) -> None:
        try:
            row = optimise_learner(learner=learner(user_id))
        except (NotFound, TooFewAnswers) as error:
            raise CannotBeDone(error.code, str(error)) from error
        result = {"is_kept": row.is_kept, "held_out_count": row.held_out_count}
        losses = {name: getattr(row, name) for name in ("log_loss_before", "log_loss_after")}
        finish(lease=lease, result={**result, **losses}, now=clock())

    do_unit(job_id=job_id, work=work, clock=clock)


def optimise_learner(*, learner: Learner) -> Optimisation:
    """Fit, judge, keep or not, and store what came of it. Raises TooFewAnswers."""
    clock = LearnerClock.objects.filter(user_id=learner.id)
    of_learner = clock.values_list("parameters_id", flat=True).first()
    now = SchedulingParameters.objects.get(pk=chosen(None, of_learner))
    seq, answers = facts_seq(learner), answer_log(learner)
    if answers.count < ANSWERS_MIN:
        raise TooFewAnswers(f"It takes {ANSWERS_MIN} answers.")
    found = _found(answers, now, seed=learner.id)
    with transaction.atomic():
        kept = _keep(learner, now, found["weights"]) if found["is_better"] else None
        return Optimisation.objects.create(
            user_id=learner.id,
            parameters=kept,
            is_kept=kept is not None,
            facts_seq=seq,
            fitted_count=found["fitted_count"],
            held_out_count=found["held_out_count"],
            log_loss_before=found.get("log_loss_before"),
            log_loss_after=found.get("log_loss_after"),
            log_loss_default=found.get("log_loss_default"),
            recommended_retention=found["recommended_retention"],
            costs=found["costs"],
            seconds=found["seconds"],
        )


def _found(answers: AnswerLog, now: SchedulingParameters, *, seed: int) -> Mapping[str, Any]:
    """Ask the optimiser's process; it is niced and ended after a while."""
    asked = {
        "cards": [[(each.at, each.rating) for each in card] for card in answers.cards],
        "weights": now.weights,
        "maximum_interval_days": now.maximum_interval_days,
        "habits": asdict(habits_of(answers)),
        "seed": seed,
    }
    done = subprocess.run(
        [sys.executable, "-m", "review.optimiser"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MAX,
        cwd=settings.BASE_DIR,
    )
    if done.returncode:
        log.error("optimiser_failed", said=done.stderr[-2000:])
        raise RuntimeError("The optimiser ended with an error.")
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def _keep(
    learner: Learner, before: SchedulingParameters, weights: list[float]
) -> SchedulingParameters | None:
    """Choose the weights for the learner, and for categories that had the same as the learner.

    None when the learner has chosen others meanwhile.
    """
    if chosen(None, locked_clock(learner).parameters_id) != before.pk:
        return None
    changes = {"weights": weights}
    alike = Category.objects.filter(
        user_id=learner.id, parameters__isnull=False, parameters__weights=before.weights
    )
    for category_id in list(alike.order_by("pk").values_list("public_id", flat=True)):
        choose_category_parameters(learner=learner, category_id=category_id, changes=changes)
    return choose_parameters(learner=learner, changes=changes)
