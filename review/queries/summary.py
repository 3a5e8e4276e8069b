"""A learner's activity in a few figures, from the read models and the facts since."""

from datetime import datetime
from typing import Any

from accounts.queries.learners import Learner
from accounts.queries.profile import daily_goal
from review.queries.activity import activity
from review.queries.contents import STAGES
from review.queries.statistics import dashboard

DAYS = 84


def summary(learner: Learner, *, now: datetime) -> dict[str, Any]:
    """Return today against the goal, what is due, the streak and the last 84 days.

    Four queries while the learner's own figures are cached, else five. Exact.
    """
    found, goal = dashboard(learner, now=now), daily_goal(learner)
    days = activity(learner, days=DAYS, now=now)
    today, month = found["reviewed_today"]["review_count"], found["last_30_days"]
    return {
        "today": found["today"],
        "reviewed_today": today,
        "daily_goal": goal,
        "is_goal_reached": today >= goal,
        "due_now": found["due_now"],
        "due_today": found["due_today"],
        "streak_days": found["streak_days"],
        "card_count": sum(found["cards"][stage] for stage in STAGES),
        "reviews_30_days": month["review_count"],
        "success_rate_30_days": month["success_rate"],
        "active_days": sum(1 for day in days if day["review_count"]),
        "days": [{"day": day["day"], "review_count": day["review_count"]} for day in days],
    }
