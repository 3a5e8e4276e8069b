"""docker-compose.yml runs the same processes; production settings are safe or say what lacks."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.celery import QUEUES, app
from config.settings.base import database
from config.settings.variables import VARIABLES
from tests.architecture.tree import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
GIVEN = {
    "SECRET_KEY": "x3" * 30 + "-abcdefghij",
    "DATABASE_URL": "postgres://resee:pw@db:5432/resee",
    "REDIS_URL": "redis://:pw@cache:6379",
    "OCR_MODEL_SERVER_URL": "http://models:8002",
    "ALLOWED_HOSTS": "resee.example.com",
}


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.production", "PATH": os.environ["PATH"]}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=settings | environment, capture_output=True, text=True, check=False
    )


def test_check_deploy_is_clean() -> None:
    done = _manage("check", "--deploy", "--fail-level", "DEBUG", **GIVEN)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("missing", GIVEN)
@pytest.mark.asvs(
    "13.3.1", "production takes secrets from the environment and starts with none of its own"
)
def test_what_is_missing_is_said_in_one_line(missing: str) -> None:
    done = _manage("check", **{name: text for name, text in GIVEN.items() if name != missing})
    assert done.returncode != 0
    assert done.stderr.strip() == f"set in the environment: {missing}"


def test_the_compose_file_is_valid() -> None:
    command = [str(Path(sys.executable).with_name("check-jsonschema"))]
    command += ["--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_queue_is_served_by_the_worker_it_names() -> None:
    served = {
        (queue, name.removeprefix("worker-"))
        for name, service in COMPOSE["services"].items()
        if name.startswith("worker-")
        for queue in service["command"].split("--queues ")[1].split()[0].split(",")
    }
    assert served == {(queue.name, queue.worker) for queue in QUEUES}


def test_the_metrics_of_all_our_processes_are_told_by_the_web() -> None:
    own = {name for name, each in COMPOSE["services"].items() if each.get("image") == "resee"}
    told = {name for name in own if "metrics:/metrics" in COMPOSE["services"][name]["volumes"]}
    assert own - told == {"ocr-model-server"}  # has a page of its own
    assert COMPOSE["x-web"]["networks"] == {"default": {"aliases": ["web"]}}  # Prometheus' name
    assert COMPOSE["x-app"]["environment"]["PROMETHEUS_MULTIPROC_DIR"] == "/metrics"


NOT_OF_COMPOSE = {
    "RESEE_HOME", "RESEE_PORT", "RESEE_LIVE_PORT", "RESEE_HOST", "MEDIA_ROOT",  # the image's own
    "RESEE_LLM", "RESEE_BACKUP_DAYS", "PROOF",  # of the embedded default, and of tests
    "OCR_DET_DIR", "OCR_REC_DIR", "OCR_KO_REC_DIR", "OCR_MODEL_VERSIONS", "DICTIONARY_DIR",
    "DICTIONARY_GLOSSES",  # folders and files: they need a volume
    "CUDA_VISIBLE_DEVICES",  # the container sees what is reserved for it
}  # fmt: skip


def test_every_variable_of_the_table_reaches_the_containers_and_no_other_does() -> None:
    told = COMPOSE["x-app"]["environment"].keys()
    for name in ("ocr-model-server", "ocr-model-server-gpu"):
        told |= COMPOSE["services"][name]["environment"].keys()
    assert told == {variable.name for variable in VARIABLES} - NOT_OF_COMPOSE


@pytest.mark.asvs("13.2.1", "the OCR model server asks nobody, and has no port outside")
def test_ports_are_published_on_loopback_only() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.asvs("13.2.1", "PostgreSQL and Valkey ask for passwords of the operator's")
@pytest.mark.asvs("13.2.3", "which have no default")
def test_a_secret_has_no_default() -> None:
    used = re.findall(r"\$\{(\w+)(:[-?])", TEXT)
    secrets = {name for name, _ in used if re.search("PASSWORD|^SECRET|ALLOWED|SITE", name)}
    assert secrets == {
        "SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", "S3_PASSWORD", "ALLOWED_HOSTS",
        "SITE_URL",
    }  # fmt: skip
    assert {kind for name, kind in used if name in secrets} == {":?"}


def test_every_service_is_watched_or_says_why_not() -> None:
    assert all("healthcheck" in service for service in COMPOSE["services"].values())


def test_what_answers_learners_is_there_twice_and_the_proxy_knows_both() -> None:
    text = (ROOT / "deploy/nginx/upstreams.conf").read_text()
    asked = set(re.findall(r"server ([\w-]+):\d+", text))
    assert asked == {name for name in COMPOSE["services"] if name.startswith(("web", "live"))}
    assert set(COMPOSE["services"]["nginx"]["depends_on"]) == asked


def test_an_answer_has_time_to_end_before_the_process_is_killed() -> None:
    told = gunicorn_settings()
    assert told["graceful_timeout"] < seconds(COMPOSE["services"]["web-a"]["stop_grace_period"])
    assert told["workers"] >= 1
    assert told["threads"] == database("postgres://a/b")["OPTIONS"]["pool"]["max_size"]
    for name, service in COMPOSE["services"].items():
        if name.startswith("worker-"):  # soft: what is not done then goes back into its queue
            assert service["stop_signal"] == "SIGQUIT"
            assert seconds(service["stop_grace_period"]) > app.conf.worker_soft_shutdown_timeout


def gunicorn_settings() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "deploy/gunicorn_conf.py"))


def seconds(period: str) -> float:
    return float(period.removesuffix("s"))
