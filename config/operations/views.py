"""For whoever runs the product: alive, ready, measured. Not part of the API."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from config.operations.health import check_all
from config.operations.parts import SHARED
from config.settings import variables


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200: the process is alive. Touches no other part."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200 when every part answers, else 503; each part with its detail, within 2 s."""
    found = check_all()
    is_ready = all(health.is_ok for health in found)
    body = {
        "status": "ready" if is_ready else "not ready",
        "parts": {health.name: {"ok": health.is_ok, "detail": health.detail} for health in found},
    }
    return JsonResponse(body, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer Prometheus: for this process, or for all that share PROMETHEUS_MULTIPROC_DIR."""
    registry: CollectorRegistry = REGISTRY
    if shared := variables.text("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry, shared)  # type: ignore[no-untyped-call]
    body = generate_latest(registry) + generate_latest(SHARED)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)
