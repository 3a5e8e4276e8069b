"""What is counted by address alone, for no view of ours sees it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from config.api.limiter import address_limit, address_of, admit
from config.api.problems import problem_response


class LimitAddresses:
    """Counts by address what no view's limits see: sign-in, the admin, and every 401."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; who keeps trying credentials that are not valid is told to wait instead."""
        response = self.get_response(request)
        return (_refusal(request) or response) if response.status_code == 401 else response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Count a request for a view that is not DRF's."""
        is_counted = hasattr(view, "cls") or not request.path.startswith(("/api/", "/admin/"))
        return None if is_counted else _refusal(request)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    verdict = admit([(address_limit(), address_of(request))])
    if verdict is None or verdict.is_admitted:
        return None
    return problem_response(429, {**verdict.headers, "Retry-After": str(verdict.reset_seconds)})
