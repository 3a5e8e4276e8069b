"""Reading a page in one call: at once if it is quick, else as a scan to ask about."""

import time

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.queries.learners import learner_of
from config.api.idempotency import idempotent
from ocr import places
from ocr.api.scans import ScanDetailSerializer
from ocr.api.uploads import AcceptedSerializer, UploadSerializer, UploadView, accepted
from ocr.models import Scan
from ocr.queries.scans import has_ended, scan_detail

WAITING_MAX = 4  # over all processes: each holds a thread of the web
WAIT_SECONDS = 20
LOOK_SECONDS = 0.2


class Extract(UploadView):
    """Pages to be read."""

    @extend_schema(
        operation_id="ocr_extract",
        request={"multipart/form-data": UploadSerializer},
        responses={202: AcceptedSerializer},
        tags=["scans"],
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Send a page to be read, as to /scans/."""
        return accepted(request, self.accept(request))


class ExtractNow(UploadView):
    """Pages to be read while one waits."""

    @extend_schema(
        operation_id="ocr_extract_sync",
        request={"multipart/form-data": UploadSerializer},
        responses={200: ScanDetailSerializer, 202: AcceptedSerializer},
        tags=["scans"],
    )
    def post(self, request: Request) -> Response:
        """Send a page and wait 20 seconds for it; 202 when it takes longer or four wait already."""
        scan = self.accept(request)
        with places.place("extract", count=WAITING_MAX, seconds=WAIT_SECONDS + 10) as has_place:
            if has_place and _has_ended_in_time(scan):
                return Response(scan_detail(learner_of(request.user), scan.public_id))
        return accepted(request, scan)


def _has_ended_in_time(scan: Scan) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while not has_ended(scan):
        if time.monotonic() > deadline:
            return False
        places.pause(LOOK_SECONDS)
    return True
