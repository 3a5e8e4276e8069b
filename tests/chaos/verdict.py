"""After a fault: is anything lost, doubled, left undone, or not what the facts say?"""

import sys
from collections.abc import Iterator
from itertools import chain

from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from config.jobs.models import Job
from ocr.models import Scan
from review.models import ReviewHistory
from review.queries.integrity import (
    fact_differences,
    read_model_differences,
    schedule_differences,
)
from tests.chaos.load import Reviewer, Uploader
from tests.chaos.stage import Stage
from tests.torture import recount

TOLD = 5


def verdict(stage: Stage) -> dict[str, int]:
    """Return how much of what was acknowledged is lost or doubled; work may go on meanwhile."""
    connection.close()  # PostgreSQL may be another one by now
    reviews, scans = stage.acknowledged(Reviewer), stage.acknowledged(Uploader)
    found = list(
        ReviewHistory.objects.filter(public_id__in=reviews).values_list("public_id", flat=True)
    )
    kept = set(Scan.objects.filter(public_id__in=scans).values_list("public_id", flat=True))
    failed = list(Job.objects.filter(state=Job.State.FAILED).values_list("error_code", flat=True))
    differences = list(chain(fact_differences(), read_model_differences(), schedule_differences()))
    connection.close()
    _tell(chain(differences, (f"a job failed: {code}" for code in failed)))
    return {
        "lost": len(set(reviews) - set(found)) + len(set(scans) - kept),
        "doubled": len(found) - len(set(found)) + len(scans) - len(set(scans)) + stage.doubled_runs,
        "failed": len(failed),
        "differences": len(differences),
    }


def at_rest(stage: Stage) -> dict[str, int]:
    """When nobody works any more: what is shown, the files, and what never ended."""
    lines = list(chain(_shown(stage), _files()))
    _tell(iter(lines))
    ended = [Job.State.SUCCEEDED, Job.State.FAILED]
    return {"differences": len(lines), "unended": Job.objects.exclude(state__in=ended).count()}


def _shown(stage: Stage) -> Iterator[str]:
    now = timezone.now()
    for learner in stage.learners:
        for kind in recount.KINDS * 2:
            shown = recount.found(learner, kind, now)
            wrong = recount.differences(shown, recount.expected(learner, kind, now))
            yield from (f"{kind} of {learner.id}: {name} {wrong[name]}" for name in wrong)


def _files() -> Iterator[str]:
    for scan in Scan.objects.all():
        if default_storage.size(str(scan.file)) != scan.byte_count:
            yield f"scan {scan.public_id}: its file is not whole"


def _tell(lines: Iterator[str]) -> None:
    for line, _ in zip(lines, range(TOLD), strict=False):
        sys.stderr.write(f"DIFFERENCE {line}\n")
