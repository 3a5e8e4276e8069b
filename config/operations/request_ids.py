"""Every answer names its request, so that a person can find the log lines of what went wrong."""

from typing import Any

import structlog
from django.http import HttpResponse
from django_structlog import signals

HEADER = "X-Request-ID"


def answer_request_ids() -> None:
    """Add the header to every answer, faults included."""
    signals.bind_extra_request_finished_metadata.connect(_name_request, dispatch_uid=HEADER)
    signals.update_failure_response.connect(_name_request, dispatch_uid=HEADER)


def _name_request(*, response: HttpResponse, **_: Any) -> None:
    response[HEADER] = structlog.contextvars.get_contextvars()["request_id"]
