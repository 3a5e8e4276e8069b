"""Alerts, their tests, the runbook and the dashboard belong together."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT
from tests.config.operations.prometheus import DASHBOARD, FOLDER, alerts, dashboard_queries, program

RUNBOOK = (ROOT / "docs/runbook.md").read_text()
CASES: dict[str, Any] = yaml.safe_load((FOLDER / "rules_test.yml").read_text())


def _promtool(*arguments: str, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    command = [program("promtool"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_configuration_is_valid() -> None:
    done = _promtool("check", "config", "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_speaks_when_its_promise_is_broken_and_not_before() -> None:
    done = _promtool("test", "rules", "rules_test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("promise", "another"), [("> 0.3\n", "> 0.5\n"), ("< 0.99", "< 0.999"), ("> 60\n", "> 50\n")]
)
def test_another_threshold_is_noticed(tmp_path: Path, promise: str, another: str) -> None:
    rules = (FOLDER / "rules.yml").read_text()
    assert promise in rules
    (tmp_path / "rules.yml").write_text(rules.replace(promise, another))
    shutil.copy(FOLDER / "rules_test.yml", tmp_path)
    assert _promtool("test", "rules", "rules_test.yml", folder=tmp_path).returncode != 0


def test_each_alert_is_tested_both_ways() -> None:
    broken, kept, _ = (
        {case["alertname"] for case in test["alert_rule_test"]} for test in CASES["tests"]
    )
    assert broken == kept == alerts()


def test_the_runbook_has_a_section_for_each_alert_and_for_no_other() -> None:
    sections = set(re.findall(r"^## ([A-Z]\w+)$", RUNBOOK, re.MULTILINE))
    assert sections == alerts()


def test_links_in_the_runbook_lead_somewhere() -> None:
    titles = re.findall(r"^#+ (.+)$", RUNBOOK, re.MULTILINE)
    anchors = {title.lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\(#([\w-]+)\)", RUNBOOK)) <= anchors


def test_the_dashboard_lies_without_gaps_and_names_its_source() -> None:
    source: dict[str, Any] = yaml.safe_load(
        (ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text()
    )
    (uid,) = {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]}
    assert uid == source["datasources"][0]["uid"]
    places = [(panel["gridPos"]["y"], panel["gridPos"]["x"]) for panel in DASHBOARD["panels"]]
    assert places == sorted(set(places))
    assert len(dashboard_queries()) >= len(places)
