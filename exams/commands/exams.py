"""An exam is made: from templates at once; a model may write better sentences afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import SystemRandom
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from accounts.queries.learners import Learner, learners
from config.ai import providers
from config.errors import Conflict, NotFound
from config.jobs.dispatch import accept
from exams import metrics
from exams.commands.listening import order_sounds
from exams.generation import Made, Rejects, from_templates
from exams.models import Exam, ExamPlan, Question
from exams.queries.exam_items import question_row
from exams.queries.exam_material import around, cards
from exams.validation import Kind

SENTENCES_TASK = "exams.tasks.write_sentences"
_random = SystemRandom()


class NothingToAsk(Conflict):
    """No card of those wanted says enough to be asked."""

    code = "nothing_to_ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamWish:
    """Which cards, how many questions (1-50), how many minutes, which kinds in turn.

    ``choice`` is due, weak, recent or all; ``with_model`` has a model write sentences.
    """

    size: int
    minutes: int
    kinds: Sequence[Kind]
    choice: str
    category_id: UUID | None = None
    tags: Sequence[str] = ()
    with_model: bool = False


def make_exam(
    *, learner: Learner, wish: ExamWish, now: datetime, week_on: date | None = None
) -> Exam:
    """Make an exam that can be taken at once; CategoryNotFound, NothingToAsk.

    With a model its sentences come by a job, and take the place of templates until the first
    attempt begins.
    """
    asked = cards(
        learner,
        choice=wish.choice,
        category_id=wish.category_id,
        tags=wish.tags,
        size=wish.size,
        now=now,
    )
    rejects = Rejects()
    made = from_templates(
        asked,
        around(learner, asked, with_sounds=Kind.LISTENING in wish.kinds),
        kinds=wish.kinds,
        size=wish.size,
        random=_random,
        rejects=rejects,
    )
    for (_, reason), count in rejects.reasons.items():
        metrics.EXAM_REJECTS.labels("template", reason).inc(count)
    if not made:
        raise NothingToAsk("None of these cards says enough for a question.")
    return _store(learner, wish, made, now, week_on)


@transaction.atomic
def plan_exams(*, learner: Learner, wish: ExamWish, now: datetime) -> ExamPlan:
    """Have an exam made each week; this week's is made at once if there is none yet.

    CategoryNotFound, NothingToAsk.
    """
    plan, _ = ExamPlan.objects.update_or_create(_columns(wish), user_id=learner.id)
    week_on = monday(learner, now)
    if not Exam.objects.filter(user_id=learner.id, week_on=week_on).exists():
        make_exam(learner=learner, wish=wish, now=now, week_on=week_on)
    return plan


def stop_planning(*, learner: Learner) -> None:
    """Make no more weekly exams; those there are stay. Twice is once."""
    ExamPlan.objects.filter(user_id=learner.id).delete()


def make_weekly_exams(*, now: datetime, at_most: int = 200) -> int:
    """Make the exams of the learners' own weeks that are not made yet; return how many.

    Where there is nothing to ask, it is tried again the next time.
    """
    fresh = now - timedelta(days=7)  # whoever has none since then lacks this week's, and more
    plans = {plan.user_id: plan for plan in ExamPlan.objects.filter(user__is_active=True)}
    latest = dict(
        Exam.objects.filter(user_id__in=plans, week_on__gte=fresh.date() - timedelta(days=1))
        .order_by("week_on")
        .values_list("user_id", "week_on")
    )
    waiting = [one for one in learners(plans) if latest.get(one.id) != monday(one, now)]
    _random.shuffle(waiting)  # those with nothing to ask do not stand before the others for ever
    return sum(_make_weekly(one, plans[one.id], now) for one in waiting[:at_most])


def wish_of(plan: ExamPlan | Exam) -> ExamWish:
    """Return the wish that was stored."""
    return ExamWish(
        size=plan.size,
        minutes=plan.minutes,
        kinds=[Kind(kind) for kind in plan.kinds],
        choice=plan.choice,
        category_id=plan.category_id,
        tags=plan.tags,
        with_model=plan.with_model,
    )


def monday(learner: Learner, now: datetime) -> date:
    """Return the Monday of the learner's own week."""
    local = now.astimezone(ZoneInfo(learner.time_zone)) - timedelta(hours=learner.rollover_hour)
    return local.date() - timedelta(days=local.weekday())


def _make_weekly(learner: Learner, plan: ExamPlan, now: datetime) -> bool:
    try:
        with transaction.atomic():
            make_exam(learner=learner, wish=wish_of(plan), now=now, week_on=monday(learner, now))
    except (NothingToAsk, NotFound):
        return False
    except IntegrityError as error:  # another beat was quicker
        if "one_weekly_exam_a_week" not in str(error):
            raise
        return False
    return True


@transaction.atomic
def _store(
    learner: Learner, wish: ExamWish, made: Sequence[Made], now: datetime, week_on: date | None
) -> Exam:
    exam = Exam(user_id=learner.id, created_at=now, week_on=week_on, **_columns(wish))
    exam.with_model = wish.with_model and bool(providers.configured())
    exam.save()
    rows = [question_row(exam, number, one) for number, one in enumerate(made, start=1)]
    Question.objects.bulk_create(rows)
    order_sounds(rows, now=now)
    for row in rows:
        metrics.EXAM_ITEMS.labels(row.source, row.kind).inc()
    if any(row.is_for_model for row in rows):
        arguments = {"exam_id": str(exam.public_id)}
        job = accept(task=SENTENCES_TASK, arguments=arguments, user_id=learner.id)
        exam.job_id = job.public_id
        exam.save(update_fields=["job_id"])
    return exam


def _columns(wish: ExamWish) -> dict[str, object]:
    return {
        "category_id": wish.category_id,
        "tags": list(wish.tags),
        "choice": wish.choice,
        "size": wish.size,
        "minutes": wish.minutes,
        "kinds": [kind.value for kind in wish.kinds],
        "with_model": wish.with_model,
    }
