"""The one error envelope: application/problem+json (RFC 9457).

Written here: drf-standardized-errors has an envelope of its own. To answer RFC 9457 its formatter,
its handler (for our exceptions) and its schema class are overridden, together longer than this
module, and Django's own 400, 404 and 500, outside DRF, stay HTML.
"""

import math
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.api.rendering import dump
from config.errors import ReseeError, Unavailable

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)
Answer = tuple[dict[str, Any], dict[str, str]]  # body, headers


def problem(
    status: int, code: str, title: str, detail: str, errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """Return the body; ``errors`` names each field at fault with its own code and sentence."""
    body: dict[str, Any] = {
        "type": f"urn:resee:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return body | ({"errors": errors} if errors else {})


_PLAIN = {
    400: ("bad_request", "The request is not acceptable."),
    403: ("refused", "You may not do this."),
    404: ("not_found", "There is nothing at this address."),
    413: ("too_large", "The request's body is larger than is read here."),
    429: ("throttled", "Too many requests: wait as long as Retry-After says."),
    503: ("unavailable", "This does not work for a moment: come back after Retry-After seconds."),
    500: ("error", "Something went wrong on our side; it has been logged."),
}


_STATUS: dict[type[Exception], int] = {
    Http404: 404,
    PermissionDenied: 403,
    RequestDataTooBig: 413,
    SuspiciousOperation: 400,  # the class above is one of these: the order counts
}


def plain(status: int) -> dict[str, Any]:
    """Return the body of a case that has nothing more to tell than its status."""
    code, detail = _PLAIN[status]
    return problem(status, code, HTTPStatus(status).phrase, detail)


def body_of(error: Exception) -> dict[str, Any]:
    """Return the envelope's body for an error a caller can do something about."""
    answer = _answer(error)
    if answer is None:
        raise error
    return answer[0]


def exception_handler(error: Exception, context: Any) -> Response | None:  # noqa: ARG001  DRF's
    """DRF's hook: turn what a view raised into the envelope; None lets a real fault through."""
    answer = _answer(error)
    if answer is None:
        return None
    set_rollback()
    body, headers = answer
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _answer(error: Exception) -> Answer | None:
    match error:
        case ReseeError():
            return _refusal(error)
        case exceptions.ValidationError():
            errors = list(_field_errors(error.get_full_details()))
            detail = errors[0]["detail"] if errors else "The input is not acceptable."
            return problem(400, "invalid", "Invalid input", detail, errors), {}
        case exceptions.APIException():
            return _api_exception(error)
        case DataError() | OperationalError():
            return _database_error(error)
        case _:
            status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), None)
            return (plain(status), {}) if status else None


def _refusal(error: ReseeError) -> Answer:
    errors = []
    if error.field:
        errors = [{"field": error.field, "code": error.code, "detail": error.detail}]
    headers = {}
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return problem(error.status, error.code, error.title, error.detail, errors), headers


def _api_exception(error: exceptions.APIException) -> Answer:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(math.ceil(wait))
    title = HTTPStatus(error.status_code).phrase
    return problem(error.status_code, str(error.get_codes()), title, str(error.detail)), headers


def _database_error(error: DatabaseError) -> Answer:
    """A value no column can hold (NUL, too large) is the caller's fault; no database is ours."""
    if isinstance(error, DataError):
        log.warning("value_refused_by_database", exc_info=error)
        detail = "The input holds a value that cannot be stored or compared."
        return problem(400, "invalid", "Invalid input", detail), {}
    log.error("database_unavailable", exc_info=error)
    return _refusal(Unavailable("The database does not answer at the moment."))


def _field_errors(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested details; a field's path is dotted, list positions included."""
    if _is_message(details):
        detail = {"code": str(details["code"]), "detail": str(details["message"])}
        yield {"field": path or "body", **detail}
        return
    pairs = details.items() if isinstance(details, dict) else enumerate(details)
    for key, value in pairs:
        is_step = key != "non_field_errors" and not (
            isinstance(details, list) and _is_message(value)
        )
        yield from _field_errors(value, ".".join(filter(None, (path, str(key) if is_step else ""))))


def _is_message(details: Any) -> bool:
    return isinstance(details, dict) and isinstance(details.get("message"), str)


def problem_response(status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    """Return a plain problem as Django's own answer, for what is refused outside DRF."""
    body = dump(plain(status))
    return HttpResponse(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400, for requests that are refused before a view sees them."""
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler403."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Django's handler404, for addresses outside DRF."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: the fault is in the log under the request's id."""
    return _page(request, 500)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith("/admin/"):  # people look at these
        body = plain(status)
        return HttpResponse(f"<h1>{body['title']}</h1><p>{body['detail']}</p>", status=status)
    return problem_response(status)
