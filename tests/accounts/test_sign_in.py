"""Sign up, log in, stay logged in; over HTTP, as a client does it."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from tests.client import ApiClient

pytestmark = pytest.mark.django_db
AUTH = "/api/v1/auth/app/v1"
MINA = {"email": "mina@example.com", "password": "a-long-enough-secret"}


def _post(path: str, body: Any) -> Any:
    return Client().post(AUTH + path, body, content_type="application/json")


def _me(token: str) -> Any:
    return Client(headers={"authorization": f"Bearer {token}"}).get("/api/v1/me/")


def test_signing_up_answers_with_both_tokens_and_the_public_id() -> None:
    answer = _post("/auth/signup", MINA).json()
    assert answer["meta"]["is_authenticated"] is True
    assert {"access_token", "refresh_token"} <= answer["meta"].keys()
    me = _me(answer["meta"]["access_token"]).json()
    assert (me["email"], me["id"]) == (MINA["email"], answer["data"]["user"]["id"])


def test_signing_up_sends_a_verification_mail_and_does_not_wait_for_it() -> None:
    assert _post("/auth/signup", MINA).status_code == 200
    (message,) = mail.outbox
    assert message.to == [MINA["email"]]
    key = message.body.split("key:")[1].split()[0]
    assert _post("/auth/email/verify", {"key": key}).status_code in {200, 401}
    assert EmailAddress.objects.get(email=MINA["email"]).verified


def test_a_forgotten_password_is_set_anew_with_the_mailed_code() -> None:
    _post("/auth/signup", MINA)
    client = Client()
    asked = client.post(
        f"{AUTH}/auth/password/request", {"email": MINA["email"]}, content_type="application/json"
    )
    headers = {"x-session-token": asked.json()["meta"]["session_token"]}
    code = mail.outbox[-1].body.split("window.")[1].split()[0]
    body = {"key": code, "password": "another-long-secret"}
    client.post(
        f"{AUTH}/auth/password/reset", body, content_type="application/json", headers=headers
    )
    assert _post("/auth/login", MINA | {"password": body["password"]}).status_code == 200


def test_signing_up_twice_does_not_tell_that_the_address_is_known() -> None:
    first, second = _post("/auth/signup", MINA), _post("/auth/signup", MINA)
    assert (first.status_code, second.status_code) == (200, 400)


def test_logging_in_needs_the_right_password() -> None:
    _post("/auth/signup", MINA)
    refused = _post("/auth/login", MINA | {"password": "something-else"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["param"] == "password"  # allauth's own shape
    accepted = _post("/auth/login", MINA)
    assert _me(accepted.json()["meta"]["access_token"]).status_code == 200


def test_a_refresh_token_is_good_for_one_new_pair() -> None:
    old = _post("/auth/signup", MINA).json()["meta"]["refresh_token"]
    pair = _post("/tokens/refresh", {"refresh_token": old}).json()["data"]
    assert _me(pair["access_token"]).status_code == 200
    again = _post("/tokens/refresh", {"refresh_token": pair["refresh_token"]})
    assert again.status_code == 200


def test_logging_out_ends_the_session_and_its_refresh_token() -> None:
    meta = _post("/auth/signup", MINA).json()["meta"]
    client = Client(headers={"authorization": f"Bearer {meta['access_token']}"})
    assert client.delete(f"{AUTH}/auth/session").status_code == 401  # allauth: now signed out
    assert _post("/tokens/refresh", {"refresh_token": meta["refresh_token"]}).status_code == 400


@pytest.mark.parametrize("password", ["short", "password123", "qwertyuiop"])
def test_a_weak_password_is_refused(password: str) -> None:
    assert _post("/auth/signup", MINA | {"password": password}).status_code == 400


@pytest.mark.parametrize(
    "header", [None, "Bearer nonsense", "Bearer ", "Bearer \xff", "Basic YTpi"]
)
def test_without_a_good_token_the_answer_is_401_and_says_how(header: str | None) -> None:
    answer = Client(headers={"authorization": header} if header else {}).get("/api/v1/me/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in {"not_authenticated", "authentication_failed"}


def test_a_refresh_token_is_not_an_access_token() -> None:
    meta = _post("/auth/signup", MINA).json()["meta"]
    assert _me(meta["refresh_token"]).status_code == 401


def test_a_disabled_account_is_locked_out_at_once(api: ApiClient, alice: Any) -> None:
    assert api.get("/me/").status_code == 200
    alice.is_active = False
    alice.save()
    assert api.get("/me/").status_code == 401
