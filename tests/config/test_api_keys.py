"""A script comes in by a key: as far as its scopes reach, as long as it is in force."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from accounts.models import User
from config.api.keys import AREAS, KEYS_MAX, SCOPES
from config.api.models import ApiKey
from tests import make
from tests.client import ApiClient

# The first words of paths that no key opens.
CLOSED = {"", "account", "auth", "api-keys", "devices", "unsubscribe"}


def _made(api: ApiClient, *scopes: str, **more: Any) -> dict[str, Any]:
    answer = api.post("/api-keys/", {"name": "script", "scopes": scopes, **more})
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def _get(key: str, path: str = "/me/") -> Any:
    return Client(headers={"authorization": f"ApiKey {key}"}).get("/api/v1" + path)


@pytest.mark.asvs("8.2.1", "an API key opens what its scopes name")
def test_a_key_opens_what_its_scopes_name(api: ApiClient, alice: User) -> None:
    make.category(alice, "Verbs")
    key = _made(api, "categories:read", "contents:write")["key"]
    assert [each["name"] for each in _get(key, "/categories/").json()] == ["Verbs"]
    refused = _get(key, "/contents/")
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_scope")
    assert "contents:read" in refused.json()["detail"]
    writer = Client(headers={"authorization": f"ApiKey {key}"})
    assert writer.post("/api/v1/categories/", {}, "application/json").status_code == 403
    assert writer.post("/api/v1/contents/", {}, "application/json").status_code == 400  # came in


def test_every_area_is_open_or_closed_on_purpose() -> None:
    api: Any
    (api,) = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/"]

    def first_words(entries: Any, before: str = "") -> Any:
        for entry in entries:
            route = before + str(entry.pattern)
            if hasattr(entry, "url_patterns") and "/" not in route:
                yield from first_words(entry.url_patterns, route)
            else:
                yield route.partition("/")[0]

    assert set(first_words(api.url_patterns)) == CLOSED | set(AREAS)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api-keys/"),
        ("post", "/api-keys/"),
        ("delete", "/api-keys/01890000-0000-7000-8000-000000000000/"),
    ],
)
def test_no_key_opens_the_keys(api: ApiClient, method: str, path: str) -> None:
    client = Client(headers={"authorization": f"ApiKey {_made(api, *SCOPES)['key']}"})
    assert getattr(client, method)("/api/v1" + path).status_code == 403


def test_sign_in_takes_no_key(api: ApiClient) -> None:
    key = _made(api, *SCOPES)["key"]
    assert _get(key, "/auth/app/v1/auth/session").status_code == 401
    assert _get(key, "/auth/app/v1/account/email").status_code == 401
    bearer = Client(headers={"authorization": f"Bearer {key}"})
    assert bearer.get("/api/v1/me/").status_code == 401
    admin = Client(headers={"authorization": f"ApiKey {key}"}).get("/admin/")
    assert admin.status_code == 302


@pytest.mark.asvs("7.2.3", "API keys have 256 random bits and are stored as SHA-256")
@pytest.mark.asvs("11.4.1", "SHA-256 for what is random")
def test_the_key_is_shown_once_and_stored_as_a_hash(api: ApiClient) -> None:
    made = _made(api, "me:read")
    assert made["key"].startswith(made["prefix"])
    listed = api.get("/api-keys/").json()["results"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert "key" not in listed[0]
    stored = str(ApiKey.objects.values().get())
    assert made["key"] not in stored
    assert made["key"].removeprefix(made["prefix"]) not in stored


@pytest.mark.asvs("7.4.1", "a revoked API key is over at once")
def test_a_revoked_key_is_over_at_once(api: ApiClient, bobs_api: ApiClient) -> None:
    made = _made(api, "me:read")
    assert _get(made["key"]).status_code == 200
    assert bobs_api.delete(f"/api-keys/{made['id']}/").status_code == 404
    assert _get(made["key"]).status_code == 200
    assert api.delete(f"/api-keys/{made['id']}/").status_code == 204
    assert _get(made["key"]).status_code == 401
    assert api.get("/api-keys/").json()["results"] == []
    assert api.delete(f"/api-keys/{made['id']}/").status_code == 404


def test_a_key_expires(api: ApiClient, time_machine: Any) -> None:
    late = timezone.now() + timedelta(minutes=5)
    key = _made(api, "me:read", expires_at=late.isoformat())["key"]
    assert _get(key).status_code == 200
    time_machine.move_to(late)
    assert _get(key).status_code == 401


def test_a_key_that_would_have_expired_is_not_made(api: ApiClient) -> None:
    body = {"name": "x", "scopes": ["me:read"], "expires_at": "2020-01-01T00:00:00Z"}
    assert api.post("/api-keys/", body).json()["code"] == "expiry_passed"


def test_a_disabled_account_has_no_keys(api: ApiClient, alice: User) -> None:
    key = _made(api, "me:read")["key"]
    alice.is_active = False
    alice.save()
    assert _get(key).status_code == 401


def test_its_use_is_noted(api: ApiClient) -> None:
    made = _made(api, "me:read")
    assert made["last_used_at"] is None
    _get(made["key"])
    assert api.get("/api-keys/").json()["results"][0]["last_used_at"] is not None


def test_keys_are_limited(api: ApiClient) -> None:
    for _ in range(KEYS_MAX):
        _made(api, "me:read")
    more = api.post("/api-keys/", {"name": "x", "scopes": ["me:read"]})
    assert (more.status_code, more.json()["code"]) == (409, "too_many_api_keys")


@pytest.mark.parametrize("scopes", [[], ["me"], ["auth:read"], ["*"], "me:read"])
def test_scopes_are_those_there_are(api: ApiClient, scopes: Any) -> None:
    assert api.post("/api-keys/", {"name": "x", "scopes": scopes}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "x", "resee_" + "a" * 43, "é", "a b"])
def test_what_is_no_key_opens_nothing(text: str) -> None:
    assert _get(text).status_code == 401


@pytest.mark.asvs("7.4.3", "a new password and a log-out everywhere revoke the API keys")
@pytest.mark.parametrize("end", ["password", "everywhere"])
def test_what_ends_every_log_in_ends_the_keys(
    end: str, api: ApiClient, bobs_api: ApiClient, alice: User
) -> None:
    key, other = (_made(each, "me:read")["key"] for each in (api, bobs_api))
    if end == "password":
        alice.set_password("another-long-one")
        alice.save()
    else:
        api.delete("/devices/")
    assert (_get(key).status_code, _get(other).status_code) == (401, 200)
