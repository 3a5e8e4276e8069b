"""No label of a metric takes what a caller invents: their number is known."""

import importlib
import pkgutil
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from tests.client import ApiClient

OURS = "config", "accounts", "review", "exams", "ocr"
BOUNDED = {
    "breaker": "remotes that the code or the settings name",
    "by": "what graded a text: names in the code",
    "cache": "names in the code",
    "direction": "input or output",
    "grader": "model or keywords",
    "handler": "functions that subscribe",
    "intent": "what learners may want of the tutor, a choice",
    "kind": "kinds of questions",
    "le": "buckets in the code",
    "level": "CEFR's six",
    "limit": "limits in the code",
    "method": "HTTP's own; others are OTHER",
    "model": "models that the settings name",
    "operation": "words in the code; others are OTHER",
    "outcome": "names in the code",
    "queue": "the table of queues",
    "reason": "names in the code",
    "route": "patterns of the URLs; others are unknown",
    "source": "names in the code",
    "state": "states of a job",
    "status": "HTTP's own",
    "step": "fold or refresh",
    "task": "registered tasks, or tasks for models",
    "type": "events in the code",
    "verdict": "names in the code",
    "version": "versions of the OCR model that the settings name",
    "which": "names in the code",
    "worker": "the table of queues",
}
_THEIRS = ("python_", "process_")  # the client library's own: about the process


def _import_all() -> None:
    for config in apps.get_app_configs():
        if not config.name.startswith(OURS):
            continue
        for module in pkgutil.iter_modules([config.path], f"{config.name}."):
            if module.name.rpartition(".")[2].endswith(("metrics", "limiter", "cache", "texts")):
                importlib.import_module(module.name)


def _labels() -> Iterator[tuple[str, str]]:
    for collector in list(REGISTRY._collector_to_names):
        for name in getattr(collector, "_labelnames", ()):
            yield collector._name, name  # type: ignore[attr-defined]
    for family in text_string_to_metric_families(Client().get("/metrics").content.decode()):
        for sample in family.samples:
            if not family.name.startswith(_THEIRS):
                yield from ((family.name, name) for name in sample.labels)


@pytest.mark.django_db
def test_every_label_is_known_to_be_bounded() -> None:
    _import_all()
    assert {pair for pair in _labels() if pair[1] not in BOUNDED} == set()


@pytest.mark.django_db
def test_what_callers_send_makes_no_series(api: ApiClient) -> None:
    def routes() -> set[str]:
        families = text_string_to_metric_families(Client().get("/metrics").content.decode())
        return {
            sample.labels["route"]
            for family in families
            for sample in family.samples
            if "route" in sample.labels
        }

    def ask() -> None:
        for path in ("/contents/{}/", "/categories/{}/", "/scans/{}/", "/jobs/{}/", "/{}/"):
            api.get(path.format(uuid4()))
        Client().get(f"/{uuid4().hex}?{uuid4().hex}=1", headers={"X-Request-ID": uuid4().hex})

    ask()
    routes()  # /metrics has a route of its own
    before = routes()
    for _ in range(5):
        ask()
    assert routes() == before
    assert not any(len(route) > 80 for route in before)
