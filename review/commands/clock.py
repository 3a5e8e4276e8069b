"""The learner's clock of facts: the last statement of every command that writes one."""

from django.db import connection

TICK = """
INSERT INTO review_learnerclock (user_id, facts_seq) {counted}
ON CONFLICT (user_id) DO UPDATE SET facts_seq = review_learnerclock.facts_seq + EXCLUDED.facts_seq
RETURNING facts_seq
"""
_COUNT = TICK.format(counted="VALUES (%s, %s)")


def tick(user_id: int, fact_count: int = 1) -> int:
    """Count ``fact_count`` new facts and return how many the learner has had in all."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [user_id, fact_count])
        row: tuple[int] = cursor.fetchone()
    return row[0]
