"""What the admin's first page shows of scans."""

from collections import Counter
from datetime import timedelta

from django.utils import timezone

from config.jobs.models import Job
from config.operations.dashboard import Bar, Panel, register
from ocr.models import Scan

DAYS = 14


def show() -> None:
    """Register the panel; for ``AppConfig.ready``."""
    register("f_failed_scans", _failed)


def _failed() -> Panel:
    now = timezone.now()
    failed = Scan.objects.filter(
        job__state=Job.State.FAILED, created_at__gte=now - timedelta(days=DAYS)
    )
    by_day = Counter(at.date() for at in failed.values_list("created_at", flat=True)[:10_000])
    days = [now.date() - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    bars = [Bar(f"{day:%d %b}", by_day[day], is_bad=True) for day in days]
    address = "/admin/ocr/scan/?job__state__exact=failed"
    return Panel("Failed scans a day", bars, are_days=True, address=address)
