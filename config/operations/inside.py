"""Who asks from inside knows an address of the process, and not the names of the site."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

PATHS = ("/healthz", "/readyz", "/metrics")
Answer = Callable[[HttpRequest], HttpResponseBase]


class AnyHost:
    """Health checks and Prometheus may call the process what they like; nobody else may."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; what these addresses say holds no address."""
        if request.path_info in PATHS:
            request.META["HTTP_HOST"] = "localhost"
        return self._answer(request)
