"""What is measured in every process: requests, queries, caches. Labels are bounded."""

import time
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

API_RESPONSE_SECONDS = Histogram(
    "api_response_seconds",
    "Time to answer a request, by its route pattern",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10),
)
DB_QUERY_SECONDS = Histogram(
    "db_query_seconds",
    "Time of one database query",
    ["operation"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5),
)
CACHE_HITS = Counter("cache_hits_total", "Reads a cache answered", ["cache"])
CACHE_MISSES = Counter("cache_misses_total", "Reads a cache could not answer", ["cache"])

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_OPERATIONS = {"SELECT", "INSERT", "UPDATE", "DELETE", "REFRESH", "SAVEPOINT", "RELEASE"}


def count_cache_read(cache: str, *, hits: int = 0, misses: int = 0) -> None:
    """Count what one read of ``cache`` (a fixed name, such as ``statistics``) found."""
    CACHE_HITS.labels(cache).inc(hits)
    CACHE_MISSES.labels(cache).inc(misses)


class MeasureRequests:
    """Outermost middleware: the time from the first line of ours to the finished answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and observe how long it took."""
        started = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in _METHODS else "OTHER"
        route = request.resolver_match.route if request.resolver_match else "unknown"
        API_RESPONSE_SECONDS.labels(method, route, response.status_code).observe(
            time.perf_counter() - started
        )
        return response


def measure_queries(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Observe every query of a connection; called whenever one is opened, again or anew."""
    if _observe not in connection.execute_wrappers:
        connection.execute_wrappers.append(_observe)


def _observe(execute: Callable[..., Any], sql: Any, *arguments: Any) -> Any:
    word = sql.lstrip(" (\n").partition(" ")[0].upper() if isinstance(sql, str) else ""
    operation = word if word in _OPERATIONS else "OTHER"
    started = time.perf_counter()
    try:
        return execute(sql, *arguments)
    finally:
        DB_QUERY_SECONDS.labels(operation).observe(time.perf_counter() - started)
