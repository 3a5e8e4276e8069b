"""A browser that another site uses against its owner."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from tests.accounts.journeys import SECRET, SignInClient
from tests.client import ApiClient
from tests.isolation import matrix
from tests.isolation.rows import row_of
from tests.isolation.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db: Any) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("staff@example.com", SECRET))
    return client


@pytest.mark.asvs("3.5.1", "the API takes no cookies; the admin asks for Django's CSRF token")
def test_a_cookie_alone_does_nothing(staff: Client) -> None:
    assert staff.get("/admin/").status_code == 200
    assert staff.get("/api/v1/me/").status_code == 401
    assert staff.post("/api/v1/categories/", {"name": "forged"}).status_code == 401
    assert staff.delete("/api/v1/devices/").status_code == 401
    assert staff.get("/api/v1/auth/app/v1/auth/session").status_code == 401
    forged = {"email": "new@example.com", "password1": SECRET, "password2": SECRET}
    assert staff.post("/admin/accounts/user/add/", forged).status_code == 403
    assert not User.objects.filter(email="new@example.com").exists()


@pytest.mark.asvs("3.5.2", "bodies are JSON, or a file with a token: text/plain is not read")
def test_a_request_that_needs_no_preflight_is_not_read(api: ApiClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = api._client.post("/api/v1/categories/", '{"name": "x"}', content_type=kind)
        assert answer.status_code == 415


@pytest.mark.asvs("3.5.3", "every GET of the API is answered from a transaction that only reads")
def test_reading_changes_nothing(settings: Any) -> None:
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]
    world = World()
    asked = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        for route in matrix.routes():
            row = row_of(route)
            if row is None or not route.startswith("api/v1/") or "/auth/" in route:
                continue
            answer = matrix._send(world, world.client("owner"), "GET", route, row)
            assert answer.status_code < 500, route
            asked += answer.status_code == 200
            matrix.content_of(answer)
        transaction.set_rollback(True)
    assert asked > 20


@pytest.mark.asvs(
    "14.2.1",
    "tokens, keys and passwords come in headers and bodies; a mail ends mails by its link alone",
)
def test_no_address_holds_a_secret() -> None:
    schema = Client().get("/api/schema/?format=json").json()
    asked = {
        parameter["name"].lower()
        for item in schema["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
        for parameter in operation.get("parameters", [])
        if parameter.get("in") in {"query", "path"}
    }
    assert "limit" in asked
    assert not [name for name in asked if re.search("token|password|secret", name)]


@pytest.mark.asvs("6.2.6", "the API has no fields; the admin's are masked")
@pytest.mark.asvs("6.2.7", "the admin's log-in names its fields for password managers")
@pytest.mark.asvs("6.4.2", "there is no such field")
def test_the_field_for_a_password_is_one() -> None:
    page = Client().get("/admin/login/").content.decode()
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page
    assert "hint" not in {each.name for each in User._meta.get_fields()}
    assert "question" not in str(SignInClient().get("/config").json())


@pytest.mark.asvs("5.1.1", "the upload's description in openapi.yaml")
def test_what_may_be_uploaded_is_written_down() -> None:
    schema = Client().get("/api/schema/?format=json").json()
    said = schema["components"]["schemas"]["UploadRequest"]["description"]
    for limit in ("JPEG, PNG, WebP or TIFF", "40 million pixels", "or PDF; 50 pages", "20 MB"):
        assert limit in said
