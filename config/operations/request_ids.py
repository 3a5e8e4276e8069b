"""Every answer names its request, so that a person can find the log lines of what went wrong."""

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog import signals

from config.api.limiter import address_of

HEADER = "X-Request-ID"


def answer_request_ids() -> None:
    """Add the header to every answer, faults included."""
    signals.bind_extra_request_finished_metadata.connect(_name_request, dispatch_uid=HEADER)
    signals.update_failure_response.connect(_name_request, dispatch_uid=HEADER)


def log_addresses() -> None:
    """Log the address that limits count under, not the one a client says it has."""
    signals.bind_extra_request_metadata.connect(_bind_address, dispatch_uid="ip")


def _bind_address(*, request: HttpRequest, **_: Any) -> None:
    structlog.contextvars.bind_contextvars(ip=address_of(request))


def _name_request(*, response: HttpResponse, **_: Any) -> None:
    response[HEADER] = structlog.contextvars.get_contextvars()["request_id"]
