"""The wish for a weekly exam, as a learner sees it."""

from typing import Any

from accounts.queries.learners import Learner
from config.errors import NotFound
from exams.models import Exam, ExamPlan


class NoWeeklyExam(NotFound):
    """The learner wants no weekly exam."""

    code = "no_weekly_exam"


def plan_of(learner: Learner) -> dict[str, Any]:
    """Return what the weekly exam is made of, and the newest one; NoWeeklyExam."""
    plan = ExamPlan.objects.filter(user_id=learner.id).first()
    if plan is None:
        raise NoWeeklyExam("You have asked for no weekly exam.")
    rows = Exam.objects.filter(user_id=learner.id, week_on__isnull=False).order_by("-week_on")
    exam = rows.values_list("public_id", flat=True).first()
    shown = {name: getattr(plan, name) for name in ("size", "minutes", "choice", "tags", "kinds")}
    return {**shown, "category": plan.category_id, "with_model": plan.with_model, "exam": exam}
