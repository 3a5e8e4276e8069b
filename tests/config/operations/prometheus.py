"""Debian's Prometheus and promtool, where they are installed."""

import contextlib
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.architecture.tree import ROOT

FOLDER = ROOT / "deploy/prometheus"
RULES: dict[str, Any] = yaml.safe_load((FOLDER / "rules.yml").read_text())
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/dashboards/resee.json").read_text())


def program(name: str) -> str:
    """The path of prometheus or promtool; without it the test is skipped, and says so."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: apt-get install prometheus")
    return found


def alerts() -> set[str]:
    """The names of all alerts."""
    return {
        rule["alert"] for group in RULES["groups"] for rule in group["rules"] if "alert" in rule
    }


def dashboard_queries() -> list[str]:
    """Every query of the dashboard."""
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


class Prometheus:
    """One that scrapes the product every second; its pages are at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def query(self, expression: str) -> list[Any]:
        """The samples that answer the query now; raises for one it does not understand."""
        asked = {"query": expression}
        answer = httpx.get(f"{self.url}/api/v1/query", params=asked, trust_env=False)
        found: list[Any] = answer.raise_for_status().json()["data"]["result"]
        return found

    def silent(
        self, queries: list[str], *, seconds: float, meanwhile: Callable[[], object]
    ) -> list[str]:
        """The queries that have no data, even after some time; NaN is none."""
        deadline = time.monotonic() + seconds
        while left := [query for query in queries if not self._has_data(query)]:
            if time.monotonic() > deadline:
                return left
            meanwhile()
            time.sleep(1)
        return []

    def _has_data(self, query: str) -> bool:
        return any(sample["value"][1] != "NaN" for sample in self.query(query))


@contextlib.contextmanager
def running(folder: Path, *, port: int, target: str) -> Iterator[Prometheus]:
    """Run Prometheus by our own configuration, but for the target and the pace."""
    binary = program("prometheus")
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(FOLDER / "rules.yml")]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    command = [
        binary, f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_ready(f"http://127.0.0.1:{port}/-/ready", process, folder / "log")
        yield Prometheus(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)


def _wait_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, trust_env=False).is_success:
                return
        time.sleep(0.2)
    raise AssertionError("Prometheus does not answer")
