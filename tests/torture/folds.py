"""What the clock does in the product, far more often: fold and refresh."""

import time

from django.db import transaction

from review import projections
from tests.torture import watermark
from tests.torture.plan import Plan

FOLD_EVERY = 0.3
REFRESH_EVERY = 0.7
OPEN_SECONDS = 0.25


def fold(plan: Plan) -> None:
    """Fold again and again; every third fold stays open, so that commands fall into it."""
    source, tally = plan.random("fold"), plan.tally
    while time.monotonic() < plan.deadline:
        tally.add("folds_begun")
        with transaction.atomic():
            tally.add("folded", watermark.fold(plan.watermark))
            if source.random() < 1 / 3:
                time.sleep(OPEN_SECONDS)
        tally.add("folds")
        time.sleep(FOLD_EVERY)


def is_open(plan: Plan) -> bool:
    """Tell whether a fold has begun and not committed."""
    return plan.tally["folds_begun"] > plan.tally["folds"]


def refresh(plan: Plan) -> None:
    """Publish the view again and again."""
    while time.monotonic() < plan.deadline:
        projections.refresh()
        plan.tally.add("refreshes")
        time.sleep(REFRESH_EVERY)
