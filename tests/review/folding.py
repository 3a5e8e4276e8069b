"""Folds that wait until everything committed is in the rollups."""

import time

from django.db import connection, transaction

from config.settings import variables
from review import tasks
from review.read_models import ReadModelWatermark

# With full counts the other worker's transactions last for minutes, and no fold goes past them.
_PATIENCE_SECONDS = 3600 if variables.text("PROOF") else 100


def catch_up() -> None:
    """Fold everything committed by now, and publish."""
    fold_all()
    tasks.refresh()


def fold_all() -> None:
    """Fold until the rollups hold everything committed by now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        (target,) = cursor.fetchone()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while ReadModelWatermark.objects.get().wm < target:
        assert time.monotonic() < deadline, "a transaction is open for too long"
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")  # so that ids move on
        tasks.fold()
        time.sleep(0.02)
