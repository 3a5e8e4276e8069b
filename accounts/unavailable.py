"""Sign-in while Redis is away: limits cannot be counted nor mails queued, so it waits for it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from kombu.exceptions import OperationalError

from accounts.token_cache import AWAY
from config.api.problems import problem_response
from config.errors import Unavailable

RETRY_SECONDS = 10


class SignInUnavailable:
    """Answers 503 where a sign-in route could not reach Redis."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say when to come back."""
        is_ours = request.path.startswith("/api/v1/auth/")
        if is_ours and isinstance(error, (*AWAY, OperationalError, Unavailable)):
            return problem_response(503, {"Retry-After": str(RETRY_SECONDS)})
        return None
