"""The only way to fetch a scan on behalf of a learner: another's is as absent as none."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.queries.learners import Learner
from config.errors import NotFound
from ocr.models import Scan


class ScanNotFound(NotFound):
    """No such scan of this learner."""

    code = "scan_not_found"


def scans_of(learner: Learner) -> QuerySet[Scan]:
    """Return the learner's scans."""
    return Scan.objects.filter(user_id=learner.id)


def scan_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> Scan:
    """Return one scan with its job, its row locked if ``lock``; ScanNotFound."""
    rows = scans_of(learner).select_related("job")
    if lock:
        rows = rows.select_for_update(of=("self",))
    scan = rows.filter(public_id=public_id).first()
    if scan is None:
        raise ScanNotFound("You have no scan with this id.")
    return scan
