"""What browsers are told: who may call, what a page may load, what is kept nowhere."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.client import ApiClient

pytestmark = pytest.mark.django_db
APP = "https://app.example.org"


def _policy(answer: Any) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split(";")
    return dict((*part.split(maxsplit=1), "")[:2] for part in parts)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "a-secret"))
    return client


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/me/", "/api/v1/nowhere", "/nowhere"])
@pytest.mark.asvs("3.2.1", "`default-src 'none'`, nosniff and no framing on everything but pages")
def test_data_may_do_nothing_in_a_browser(path: str) -> None:
    answer = Client().get(path)
    assert _policy(answer)["default-src"] == "'none'"
    assert _policy(answer)["frame-ancestors"] == "'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.asvs("14.3.1", "`no-store` on what the API answers")
def test_a_learners_data_is_kept_in_no_cache(api: ApiClient) -> None:
    assert api.get("/me/")["Cache-Control"] == "no-store"
    assert api.get("/reviews/due/")["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/api/docs/", "/admin/", "/admin/accounts/user/", "/admin/login/"]
)
@pytest.mark.asvs("3.2.2", "pages run files of ours alone")
@pytest.mark.asvs("13.2.5", "the policy names where pages load from: here")
def test_pages_run_no_script_but_files_of_ours(path: str, admin: Client) -> None:
    answer = admin.get(path, follow=True)
    policy = _policy(answer)
    assert policy["default-src"] == "'self'"
    assert "unsafe-inline" not in policy["script-src"]
    assert ("unsafe-eval" in policy["script-src"]) == path.startswith("/admin/")
    page = answer.content.decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert scripts
    for attributes, body in scripts:
        is_data = 'type="application/json"' in attributes
        assert is_data or ("src=" in attributes and not body.strip()), (attributes, body[:200])
    assert not re.search(r'\son(click|load|change|submit|error)\s*=\s*"', page)
    sources = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="([^"]+)"', page)
    assert all(source.startswith("/") for source in sources if not source.startswith("data:"))


@pytest.mark.asvs("3.4.2", "CORS_ORIGINS names them; no credentials")
def test_only_named_sites_may_call(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]
    asked = {"origin": APP, "access-control-request-method": "POST"}
    allowed = Client().options("/api/v1/contents/", headers=asked)
    assert allowed["Access-Control-Allow-Origin"] == APP
    assert "idempotency-key" in allowed["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in allowed
    other = Client().options(
        "/api/v1/contents/", headers={**asked, "origin": "https://evil.example"}
    )
    assert "Access-Control-Allow-Origin" not in other
    answer = Client().get("/api/v1/", headers={"origin": APP})
    assert "RateLimit" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in Client().get("/healthz", headers={"origin": APP})


@pytest.mark.asvs("3.4.2", "none by default")
def test_by_default_no_other_site_may_call() -> None:
    answer = Client().get("/api/v1/", headers={"origin": APP})
    assert "Access-Control-Allow-Origin" not in answer
