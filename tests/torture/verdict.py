"""When all is quiet: is everything what the facts say?"""

import sys
import time
from itertools import chain

from django.db import connection, transaction
from django.utils import timezone

from review import projections
from review.queries.integrity import (
    fact_differences,
    read_model_differences,
    schedule_differences,
)
from review.read_models import ReadModelWatermark
from tests.torture import races, recount, watermark
from tests.torture.plan import Member

TOLD = 5
CATCH_UP_SECONDS = 30


def verdict(members: tuple[Member, ...], *, seed: int, pairs: int, rule: str) -> dict[str, int]:
    """Fold and publish all; return the differences of read models, schedules and figures."""
    _catch_up(rule)
    lines = list(chain(fact_differences(), read_model_differences(), schedule_differences()))
    now = timezone.now()
    for member in members:
        for kind in recount.KINDS * 2:  # the second time, the dashboard is a cached one
            shown = recount.found(member.learner, kind, now)
            wrong = recount.differences(shown, recount.expected(member.learner, kind, now))
            lines += [
                f"{kind} of learner {member.learner.id}: {name} {wrong[name]}" for name in wrong
            ]
    for line in lines[:TOLD]:
        sys.stderr.write(f"DIFFERENCE {line}\n")
    return {
        "final_difference": len(lines),
        "doubled": races.doubled(seed, pairs, members[-1]),
    }


def _catch_up(rule: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (target,) = cursor.fetchone()
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")  # so that ids move on
        watermark.fold(rule)
        if rule == "max-id" or ReadModelWatermark.objects.get().wm >= target:
            break
        assert time.monotonic() < deadline, "a transaction is open for too long"
        time.sleep(0.05)
    projections.refresh()
