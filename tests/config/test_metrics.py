"""/metrics: how long answers and queries take, what caches give, how long the queues are."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from config.celery import app
from tests.client import ApiClient

pytestmark = pytest.mark.django_db


def _samples() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = Client().get("/metrics").content.decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _value(name: str, **labels: str) -> float:
    return _samples().get((name, frozenset(labels.items())), 0)


def test_an_answer_is_counted_by_its_route_pattern(api: ApiClient) -> None:
    labels = {"method": "GET", "route": "api/v1/me/", "status": "200"}
    before = _value("api_response_seconds_count", **labels)
    api.get("/me/")
    assert _value("api_response_seconds_count", **labels) == before + 1


def test_what_a_caller_invents_makes_no_new_label() -> None:
    Client().get(f"/{uuid4().hex}")
    Client().generic("BREW", "/healthz")
    labels = [dict(labels) for name, labels in _samples() if name == "api_response_seconds_count"]
    assert {"method": "GET", "route": "unknown", "status": "404"} in labels
    assert "BREW" not in {label["method"] for label in labels}


def test_a_query_is_timed(api: ApiClient) -> None:
    first, before = (_value("db_query_seconds_count", operation="SELECT") for _ in range(2))
    to_tell_them = before - first
    api.get("/me/")
    after = _value("db_query_seconds_count", operation="SELECT")
    assert after == before + to_tell_them + 3


def test_hits_and_misses_of_the_cache_are_counted() -> None:
    def counted() -> list[float]:
        names = ("cache_hits_total", "cache_misses_total")
        return [_value(name, cache="default") for name in names]

    hits, misses = counted()
    cache.set("there", None)
    assert cache.get("there", "default") is None
    assert cache.get("not there", "default") == "default"
    assert cache.get_many(["there", "not there", "nor there"]) == {"there": None}
    assert counted() == [hits + 2, misses + 3]


def test_queue_lengths_are_those_of_the_broker() -> None:
    before = _value("celery_queue_length", queue="low")
    app.send_task("nobody.takes.this", queue="low")
    try:
        assert _value("celery_queue_length", queue="low") == before + 1
        assert _value("broker_up") == 1
        queues = {dict(labels)["queue"] for name, labels in _samples() if "queue_length" in name}
        assert queues == {queue.name for queue in app.conf.task_queues}
    finally:
        app.control.purge()


def test_without_a_broker_the_rest_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.conf, "broker_write_url", "redis+socket:///nowhere.sock")
    samples = _samples()
    assert samples["broker_up", frozenset()] == 0
    assert not [name for name, _ in samples if name == "celery_queue_length"]


_COUNT_ONE = """
import config.settings
from config.metrics import count_cache_read
count_cache_read('statistics', hits=1)
"""
_AND_IN_A_CHILD = """
import os
if os.fork() == 0:
    count_cache_read('statistics', hits=1)
else:
    os.wait()
"""


def test_processes_that_share_a_folder_are_summed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", _COUNT_ONE], env=environment, check=True)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    assert _value("cache_hits_total", cache="statistics") == 2
    assert len(list(tmp_path.glob(f"counter_{socket.gethostname()}-*.db"))) == 2
    assert _value("broker_up") == 1


def test_a_forked_process_counts_in_a_file_of_its_own(tmp_path: Path) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    subprocess.run(
        [sys.executable, "-c", _COUNT_ONE + _AND_IN_A_CHILD], env=environment, check=True
    )
    assert len(list(tmp_path.glob(f"counter_{socket.gethostname()}-*.db"))) == 2
