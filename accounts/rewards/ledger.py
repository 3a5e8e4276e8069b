"""The ledger: an entry is written once, its sums are kept by the same statement."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from accounts.models import RewardDay, RewardEntry

Kind = RewardEntry.Kind
_CREDIT = """
WITH given AS (
    SELECT * FROM unnest(
        %s::bigint[], %s::text[], %s::text[], %s::int[], %s::int[], %s::date[], %s::timestamptz[]
    ) AS g (user_id, key, kind, xp, review_count, local_day, occurred_at)
), added AS (
    INSERT INTO accounts_rewardentry
        (user_id, key, kind, xp, review_count, local_day, occurred_at, recorded_at)
    SELECT g.*, now() FROM given AS g ORDER BY user_id, key
    ON CONFLICT (user_id, key) DO NOTHING
    RETURNING user_id, xp, review_count, local_day
), days AS (
    INSERT INTO accounts_rewardday AS old (user_id, local_day, review_count, xp)
    SELECT user_id, local_day, sum(review_count), sum(xp) FROM added
    WHERE local_day IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (user_id, local_day) DO UPDATE
    SET review_count = old.review_count + EXCLUDED.review_count, xp = old.xp + EXCLUDED.xp
), balances AS (
    INSERT INTO accounts_rewardbalance AS old (user_id, xp, review_count)
    SELECT user_id, sum(xp), sum(review_count) FROM added GROUP BY 1 ORDER BY 1
    ON CONFLICT (user_id) DO UPDATE
    SET xp = old.xp + EXCLUDED.xp, review_count = old.review_count + EXCLUDED.review_count
)
SELECT count(*) FROM added
"""


class Entry(NamedTuple):
    """A reward to be written; see `RewardEntry`."""

    user_id: int
    key: str
    kind: str
    xp: int
    review_count: int
    local_day: date | None
    occurred_at: datetime


def credit(entries: Sequence[Entry]) -> int:
    """Write what is not written yet; return how many that was. One statement."""
    if not entries:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CREDIT, [list(column) for column in zip(*entries, strict=True)])
        return int(cursor.fetchone()[0])


def active_days(user_id: int) -> list[date]:
    """Return the learner's days with a review, in their order. One query."""
    rows = RewardDay.objects.filter(user_id=user_id, review_count__gt=0)
    return list(rows.order_by("local_day").values_list("local_day", flat=True))
