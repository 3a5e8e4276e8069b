"""The one error envelope: application/problem+json (RFC 9457)."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.api.rendering import dump
from config.errors import ReseeError, Unavailable

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)


def problem(
    status: int, code: str, title: str, detail: str, errors: list[dict[str, str]]
) -> dict[str, Any]:
    """Return the body: ``errors`` names each input field at fault with its own code and sentence."""
    body: dict[str, Any] = {
        "type": f"about:blank#{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return body | ({"errors": errors} if errors else {})


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: turn what a view raised into the envelope; None lets a real fault through."""
    answer = _answer(error)
    if answer is None:
        return None
    set_rollback()
    body, headers = answer
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _answer(error: Exception) -> tuple[dict[str, Any], dict[str, str]] | None:
    match error:
        case ReseeError():
            errors = (
                [{"field": error.field, "code": error.code, "detail": error.detail}]
                if error.field
                else []
            )
            headers = (
                {"Retry-After": str(error.retry_after_seconds)}
                if isinstance(error, Unavailable)
                else {}
            )
            return problem(error.status, error.code, error.title, error.detail, errors), headers
        case Http404():
            return problem(
                404, "not_found", "Not found", "There is nothing at this address.", []
            ), {}
        case PermissionDenied():
            return problem(403, "refused", "Refused", "You may not do this.", []), {}
        case exceptions.ValidationError():
            errors = list(_field_errors(error.get_full_details()))
            return problem(400, "invalid", "Invalid input", errors[0]["detail"], errors), {}
        case exceptions.APIException():
            return _api_exception(error)
        case _:
            return None


def _api_exception(error: exceptions.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    code = str(error.get_codes())
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    title = str(type(error).default_detail).rstrip(".")
    return problem(error.status_code, code, title, str(error.detail), []), headers


def _field_errors(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested details; a field's path is dotted, list positions included."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {
            "field": path or "body",
            "code": str(details["code"]),
            "detail": str(details["message"]),
        }
        return
    pairs = details.items() if isinstance(details, dict) else enumerate(details)
    for key, value in pairs:
        is_message = (
            isinstance(details, list)
            and isinstance(value, dict)
            and set(value) == {"message", "code"}
        )
        part = "" if is_message or key == "non_field_errors" else str(key)
        yield from _field_errors(value, ".".join(filter(None, (path, part))))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404, for addresses outside DRF."""
    body = problem(404, "not_found", "Not found", "There is nothing at this address.", [])
    return HttpResponse(dump(body), status=404, content_type=MEDIA_TYPE)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: the fault is in the log under the request's id."""
    body = problem(
        500, "error", "Error", "Something went wrong on our side; it has been logged.", []
    )
    return HttpResponse(dump(body), status=500, content_type=MEDIA_TYPE)
