"""The learner's days: what was reviewed on each."""

from datetime import datetime, timedelta
from typing import Any

from accounts.queries.learners import Learner
from review import projections
from review.days import local_moment
from review.queries.sums import NOTHING, shown

_DAYS = """
SELECT local_day, {sums}
FROM exact WHERE local_day BETWEEN %(since)s AND %(today)s GROUP BY 1
"""


def activity(learner: Learner, *, days: int, now: datetime) -> list[dict[str, Any]]:
    """Return the last ``days`` of the learner's own days, oldest first, without gaps. One query.

    Read from the rollup, with the fold's watermark.
    """
    today, _ = local_moment(now, learner.time_zone, learner.rollover_hour)
    since = today - timedelta(days=days - 1)
    rows = projections.exact("exact_day", _DAYS, user_id=learner.id, since=since, today=today)
    by_day = {row["local_day"]: row for row in rows}
    calendar = (since + timedelta(days=offset) for offset in range(days))
    return [{"day": day, **shown(by_day.get(day, NOTHING))} for day in calendar]
