"""What production settings answer, asked in a process of their own; and what is deployed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.tree import ROOT

_ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
from django.contrib.auth.hashers import make_password
host, tls = {"host": "resee.example.com"}, {"x-forwarded-proto": "https"}
page = Client(headers=host | tls).get("/admin/login/")
print(json.dumps({
    "plain": Client(headers=host).get("/api/v1/").headers["Location"],
    "data": dict(Client(headers=host | tls).get("/api/v1/nowhere").headers),
    "cookies": {name: morsel.OutputString() for name, morsel in page.cookies.items()},
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE],
    "hash": make_password("a-long-enough-secret"),
    "debug": settings.DEBUG,
}))
"""
_GIVEN = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "x3" * 30 + "-abcdefghij",
    "DATABASE_URL": "postgres://resee:pw@127.0.0.1:1/resee",  # nothing asks it
    "REDIS_URL": "redis://:pw@127.0.0.1:1",
    "OCR_MODEL_SERVER_URL": "http://127.0.0.1:1",
    "ALLOWED_HOSTS": "resee.example.com",
    "LOG_LEVEL": "CRITICAL",
}


@pytest.fixture(scope="module")
def production() -> Any:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ASK],
        cwd=ROOT, env=_GIVEN | {"PATH": os.environ["PATH"]},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.asvs("3.3.1", "`__Host-` names, Secure, SameSite=Lax; the session's also HttpOnly")
def test_cookies_belong_to_this_host_by_https(production: Any) -> None:
    assert production["session"] == ["__Host-sessionid", True, True, "Lax"]
    assert production["cookies"].keys() == {"__Host-csrftoken"}
    for said in production["cookies"].values():
        assert "Secure" in said
        assert "SameSite=Lax" in said
        assert "Path=/" in said
        assert "Domain" not in said


@pytest.mark.asvs("3.4.1", "a year, with subdomains and preload")
@pytest.mark.asvs("12.2.1", "HTTP is sent to HTTPS; TLS ends at the operator's proxy")
def test_browsers_are_told_to_come_by_https(production: Any) -> None:
    policy = production["data"]["Strict-Transport-Security"]
    assert policy == "max-age=31536000; includeSubDomains; preload"
    assert production["plain"] == "https://resee.example.com/api/v1/"


@pytest.mark.asvs("11.4.1", "Argon2id for passwords")
def test_passwords_are_hashed_with_argon2id(production: Any) -> None:
    assert production["hash"].startswith("argon2$argon2id$")


@pytest.mark.asvs("16.5.1", "no debug pages")
def test_faults_are_not_shown(production: Any) -> None:
    assert production["debug"] is False


@pytest.mark.asvs("13.2.2", "the image runs as a user without rights; ports are on loopback")
@pytest.mark.asvs("13.4.1", "the image is built without .git, state and tests")
def test_the_image_holds_what_it_needs() -> None:
    ignored = (ROOT / "deploy/Dockerfile.dockerignore").read_text().split()
    assert {".git", ".resee", "tests"} <= set(ignored)
    lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
    assert lines.index("USER resee") < next(n for n, line in enumerate(lines) if "CMD" in line)
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert not any(
        service.keys() & {"privileged", "cap_add", "user"}
        for service in compose["services"].values()
    )


def _audit(tmp_path: Path, answer: str, status: int) -> subprocess.CompletedProcess[str]:
    """Run .ci/audit where pip-audit answers so."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/audit", tmp_path / ".ci/audit")
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho '{answer}'\nexit {status}\n")
    python.chmod(0o755)
    return subprocess.run([tmp_path / ".ci/audit"], capture_output=True, text=True, check=False)


@pytest.mark.asvs("15.2.1", "pip-audit and bandit in `make check`; what is not asked is said")
@pytest.mark.parametrize(
    ("answer", "status", "exits", "said"),
    [
        ("No known vulnerabilities found", 0, 0, ""),
        ("django 5.2.0 CVE-2026-1 5.2.1", 1, 1, ""),
        ("requests.exceptions.ConnectionError: ...", 1, 0, "SKIPPED: the vulnerability service"),
        ("torch could not be audited", 0, 0, "SKIPPED 1 packages"),
    ],
)
def test_a_known_hole_fails_the_check_and_silence_is_said(
    tmp_path: Path, answer: str, status: int, exits: int, said: str
) -> None:
    done = _audit(tmp_path, answer, status)
    assert done.returncode == exits
    assert said in done.stderr
    assert bool(done.stderr) == bool(said)
    makefile = (ROOT / "Makefile").read_text().partition("\ncheck:")[2].partition("\n\n")[0]
    assert "bandit" in makefile
    assert ".ci/audit" in makefile
