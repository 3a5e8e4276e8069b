"""Sign up, log in, stay logged in; over HTTP, as a client does it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.models import Device, User
from tests import make
from tests.accounts.journeys import AUTH, SECRET, SignInClient, bearer, mailed_code, me, refresh
from tests.client import ApiClient

pytestmark = pytest.mark.django_db
MINA = "mina@example.com"


@pytest.fixture
def mina(db: Any) -> User:
    """A learner with a verified address and a password."""
    return make.member(MINA, SECRET)


@pytest.mark.asvs("2.3.1", "an account opens after its address is confirmed")
@pytest.mark.asvs("7.2.4", "tokens are made when the log-in is complete")
def test_signing_up_waits_for_the_code_by_mail_and_then_lets_in() -> None:
    client = SignInClient()
    answer = client.sign_up(MINA)
    assert answer.status_code == 401
    assert {"id": "verify_email", "is_pending": True} in answer.json()["data"]["flows"]
    assert client.access == ""
    (message,) = mail.outbox
    assert message.to == [MINA]
    entered = client.post("/auth/email/verify", key=mailed_code())
    assert entered.status_code == 200
    profile = bearer(client.access).get("/api/v1/me/").json()
    assert (profile["email"], profile["id"]) == (MINA, entered.json()["data"]["user"]["id"])
    assert EmailAddress.objects.get(email=MINA).verified


@pytest.mark.asvs("6.4.1", "three wrong codes end an attempt")
def test_a_wrong_code_does_not_let_in_and_three_end_the_attempt() -> None:
    client = SignInClient()
    client.sign_up(MINA)
    code = mailed_code()
    for _ in range(3):
        assert client.post("/auth/email/verify", key="AAAA-AAAA").status_code == 400
    assert client.post("/auth/email/verify", key=code).status_code == 409
    assert not EmailAddress.objects.get(email=MINA).verified


@pytest.mark.asvs("6.4.1", "a new code ends the one before")
def test_a_code_is_sent_again_on_request() -> None:
    client = SignInClient()
    client.sign_up(MINA)
    first = mailed_code()
    assert client.post("/auth/email/verify/resend").status_code == 429  # one in ten seconds
    cache.clear()
    assert client.post("/auth/email/verify/resend").status_code == 200
    assert mailed_code() != first
    assert client.post("/auth/email/verify", key=first).status_code == 400
    assert client.post("/auth/email/verify", key=mailed_code()).status_code == 200


def test_signing_up_keeps_language_and_time_zone() -> None:
    SignInClient().sign_up(MINA, native_language="en", time_zone="Europe/Berlin")
    user = User.objects.get(email=MINA)
    assert (user.native_language, user.time_zone) == ("en", "Europe/Berlin")


@pytest.mark.parametrize(
    "body",
    [
        {"native_language": "korean please"},
        {"time_zone": "Mars/Olympus"},
        {"email": "no address"},
        {"email": "a\0b@example.com"},
        {"password": "a\0" * 9},
        {"password": ""},
        {"password": 7},
        {"email": {"a": 1}},
    ],
)
def test_a_bad_value_at_sign_up_is_refused(body: Any) -> None:
    answer = SignInClient().post("/auth/signup", **({"email": MINA, "password": SECRET} | body))
    assert answer.status_code == 400
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password", ["short", "password123", "qwertyuiop", MINA, "mina@example", "x" * 129]
)
@pytest.mark.asvs("6.2.1", "8 to 128 characters")
@pytest.mark.asvs(
    "6.2.4",
    "Django's list of 20,000 common passwords; services that know leaked ones are not asked",
)
@pytest.mark.asvs("6.2.11", "what resembles address or name is refused")
def test_a_weak_password_is_refused(password: str) -> None:
    assert SignInClient().sign_up(MINA, password).status_code == 400


@pytest.mark.parametrize("password", ["자전거를 타고 바다로", "only small letters", "x7" * 64])
@pytest.mark.asvs("6.2.5", "no rules of composition")
@pytest.mark.asvs("6.2.9", "up to 128 characters of any script")
def test_any_long_password_is_good_whatever_it_is_made_of(password: str) -> None:
    assert SignInClient().sign_up(MINA, password).status_code == 401
    assert User.objects.get(email=MINA).check_password(password)


def test_logging_in_needs_the_right_password(mina: User) -> None:
    client = SignInClient()
    refused = client.log_in(MINA, "something-else")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["param"] == "password"  # allauth's own shape
    assert client.log_in(MINA).status_code == 200
    assert client.status() == 200


def test_logging_in_needs_a_verified_address() -> None:
    make.user(MINA).set_password(SECRET)
    user = User.objects.get(email=MINA)
    user.set_password(SECRET)
    user.save()
    client = SignInClient()
    assert client.log_in(MINA).status_code == 401
    assert client.access == ""
    assert client.post("/auth/email/verify", key=mailed_code()).status_code == 200
    assert client.status() == 200


def test_a_disabled_learner_cannot_log_in(mina: User) -> None:
    mina.is_active = False
    mina.save()
    client = SignInClient()
    assert client.log_in(MINA).status_code == 401
    assert client.access == ""


def test_a_refresh_token_is_good_for_one_new_pair(mina: User) -> None:
    client = SignInClient()
    client.log_in(MINA)
    pair = refresh(client.refresh).json()["data"]
    assert me(pair["access_token"]) == 200
    client.access = pair["access_token"]
    assert client.get("/auth/session").status_code == 200
    assert refresh(pair["refresh_token"]).status_code == 200


@pytest.mark.asvs("7.4.1", "access, refresh and session token of the device")
def test_logging_out_ends_the_device_and_leaves_the_others(mina: User) -> None:
    client, other = SignInClient(), SignInClient()
    client.log_in(MINA)
    other.log_in(MINA)
    assert client.status() == 200
    assert client.send("delete", "/auth/session").status_code == 401  # allauth: now signed out
    assert client.status() == 401
    assert refresh(client.refresh).status_code == 400
    assert other.status() == 200


def test_the_session_token_of_a_revoked_device_is_worth_nothing(mina: User) -> None:
    client = SignInClient()
    client.log_in(MINA)
    client.access = ""
    assert client.get("/auth/session").status_code == 200
    device = Device.objects.get()
    other = SignInClient()
    other.log_in(MINA)
    bearer(other.access).delete(f"/api/v1/devices/{device.public_id}/")
    assert client.get("/auth/session").status_code == 410


@pytest.mark.asvs("7.4.3", "so does a reset")
def test_a_forgotten_password_is_set_anew_with_the_mailed_code(mina: User) -> None:
    old, client = SignInClient(), SignInClient()
    old.log_in(MINA)
    assert client.post("/auth/password/request", email=MINA).status_code == 401
    answer = client.post("/auth/password/reset", key=mailed_code(), password="another-long-one")
    assert answer.status_code == 401  # and to be logged in with it
    assert SignInClient().log_in(MINA, "another-long-one").status_code == 200
    assert SignInClient().log_in(MINA).status_code == 400
    assert old.status() == 401
    assert refresh(old.refresh).status_code == 400
    assert mail.outbox[-1].subject == "비밀번호가 재설정되었습니다"


@pytest.mark.asvs("6.2.2", "a route changes it")
@pytest.mark.asvs("6.2.3", "the old one is asked for")
@pytest.mark.asvs("7.4.3", "every other device and session ends with it, API keys too")
def test_a_changed_password_ends_every_log_in_and_session(mina: User) -> None:
    old, client = SignInClient(), SignInClient()
    old.log_in(MINA)
    client.log_in(MINA)
    body = {"current_password": "wrong", "new_password": "another-long-one"}
    assert client.post("/account/password/change", **body).status_code == 400
    assert old.status() == 200
    body["current_password"] = SECRET
    assert client.post("/account/password/change", **body).status_code == 401
    assert (old.status(), client.status()) == (401, 401)
    assert refresh(client.refresh).status_code == 400
    old.access = ""
    assert old.get("/auth/session").status_code in {401, 410}
    assert SignInClient().log_in(MINA, "another-long-one").status_code == 200


@pytest.mark.asvs("7.5.1", "the address, within five minutes of a proof")
def test_the_address_is_changed_only_after_proving_who_it_is(mina: User) -> None:
    client = SignInClient()
    client.log_in(MINA)
    assert client.post("/account/email", email="new@example.com").status_code == 401
    assert client.reauthenticate().status_code == 200
    assert client.post("/account/email", email="new@example.com").status_code == 200
    assert client.post("/auth/email/verify", key=mailed_code()).status_code == 200
    mina.refresh_from_db()
    assert mina.email == "new@example.com"
    assert bearer(client.access).get("/api/v1/me/").json()["email"] == "new@example.com"
    assert mail.outbox[-1].to == [MINA]  # the old address is told


@pytest.mark.parametrize(
    "header", [None, "Bearer nonsense", "Bearer ", "Bearer \xff", "Basic YTpi"]
)
def test_without_a_good_token_the_answer_is_401_and_says_how(header: str | None) -> None:
    answer = Client(headers={"authorization": header} if header else {}).get("/api/v1/me/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in {"not_authenticated", "authentication_failed"}


@pytest.mark.asvs("9.2.2", "`token_use` is held")
def test_a_refresh_token_is_not_an_access_token(mina: User) -> None:
    client = SignInClient()
    client.log_in(MINA)
    assert me(client.refresh) == 401
    assert refresh(client.access).status_code == 400


@pytest.mark.asvs("8.3.2", "the next request is refused")
def test_a_disabled_account_is_locked_out_at_once(api: ApiClient, alice: Any) -> None:
    assert api.get("/me/").status_code == 200
    alice.is_active = False
    alice.save()
    assert api.get("/me/").status_code == 401


def test_who_logs_into_the_admin_is_logged_out_of_it_too(settings: Any) -> None:
    settings.ZEAL_ALLOWLIST = [{"model": "sessions.Session"}]  # looked for, ended, looked for
    staff = User.objects.create_superuser("staff@example.com", SECRET)
    client = Client()
    body = {"username": "staff@example.com", "password": SECRET}
    assert client.post("/admin/login/?next=/admin/", body).status_code == 302
    assert client.get("/admin/").status_code == 200
    staff.end_log_ins()
    assert client.get("/admin/").status_code == 302


@pytest.mark.asvs("15.3.1", "users are told by public ids")
def test_nothing_the_sign_in_tells_is_a_key_of_the_database(mina: User) -> None:
    answer = SignInClient().log_in(MINA)
    assert answer.json()["data"]["user"]["id"] == str(mina.public_id)
    assert Client().get(f"{AUTH}/config").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_that_sign_up_with_one_address_at_once_one_has_an_account() -> None:
    barrier = Barrier(4)

    def sign_up(_: int) -> int:
        barrier.wait()
        try:
            return int(SignInClient().sign_up(MINA).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = set(pool.map(sign_up, range(4)))
    assert statuses <= {401, 409, 429}
    assert User.objects.count() == 1
