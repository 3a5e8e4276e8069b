"""Folds that wait until everything committed is in the rollups."""

import time

from django.db import connection, transaction

from review import tasks
from review.read_models import ReadModelWatermark


def catch_up() -> None:
    """Fold everything committed by now, and publish."""
    fold_all()
    tasks.refresh()


def fold_all() -> None:
    """Fold until the rollups hold everything committed by now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (target,) = cursor.fetchone()
    deadline = time.monotonic() + 100
    while ReadModelWatermark.objects.get().wm < target:
        assert time.monotonic() < deadline, "a transaction is open for too long"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")  # so that ids move on
        tasks.fold()
        time.sleep(0.02)
