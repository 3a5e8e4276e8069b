"""Authenticator apps, recovery codes, passkeys and Google."""

import time
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail

from accounts.models import User
from tests import make
from tests.accounts.journeys import SECRET, SignInClient
from tests.accounts.passkey import Passkey

pytestmark = pytest.mark.django_db
MINA = "mina@example.com"
TOTP = "/account/authenticators/totp"


@pytest.fixture
def mina(db: Any) -> User:
    return make.member(MINA, SECRET)


def _code(secret: str, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def _with_totp() -> tuple[SignInClient, str]:
    """Return a logged-in client that has just added an authenticator app, and its secret."""
    client = SignInClient()
    client.log_in(MINA)
    client.reauthenticate()
    secret = client.get(TOTP).json()["meta"]["secret"]
    assert client.post(TOTP, code=_code(secret)).status_code == 200
    return client, secret


@pytest.mark.asvs("7.5.1", "adding one, likewise")
def test_an_app_is_added_only_after_proving_who_it_is(mina: User) -> None:
    client = SignInClient()
    client.log_in(MINA)
    assert client.post(TOTP, code="000000").status_code in {400, 401}
    assert not Authenticator.objects.exists()


@pytest.mark.asvs("2.3.1", "a password opens the step of the second factor, and nothing else")
def test_with_an_app_the_password_alone_does_not_let_in(
    mina: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _, secret = _with_totp()
    assert mail.outbox[-1].subject == "인증 앱이 등록되었습니다"
    client = SignInClient()
    answer = client.log_in(MINA)
    pending = [flow for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
    assert (answer.status_code, client.access) == (401, "")
    assert [flow["id"] for flow in pending] == ["mfa_authenticate"]
    assert client.post("/auth/2fa/authenticate", code="000000").status_code == 400
    assert client.post("/auth/2fa/authenticate", code=_code(secret, 1)).status_code == 200
    assert client.status() == 200


@pytest.mark.asvs("6.5.1", "a code of an app is noted when it is used")
def test_a_code_of_the_app_is_good_once(mina: User) -> None:
    _, secret = _with_totp()
    code = _code(secret, 1)
    statuses = []
    for _ in range(2):
        client = SignInClient()
        client.log_in(MINA)
        statuses.append(client.post("/auth/2fa/authenticate", code=code).status_code)
    assert statuses == [200, 400]


def test_codes_of_an_app_cannot_be_guessed_for_long(mina: User) -> None:
    _, secret = _with_totp()
    client = SignInClient()
    client.log_in(MINA)
    for _ in range(5):
        client.post("/auth/2fa/authenticate", code="000000")
    answer = client.post("/auth/2fa/authenticate", code=_code(secret, 1))
    assert answer.json()["errors"][0]["code"] == "too_many_login_attempts"
    assert client.access == ""


@pytest.mark.asvs("11.3.1", "AES-128 in CBC mode under an HMAC (Fernet)")
@pytest.mark.asvs("11.3.2", "Fernet is verified before it is decrypted")
@pytest.mark.asvs("13.3.1", "seeds are encrypted with a key that the database does not hold")
def test_the_secret_is_stored_encrypted(mina: User) -> None:
    _, secret = _with_totp()
    stored = str(Authenticator.objects.get(type="totp").data)
    assert secret not in stored
    assert Authenticator.objects.get(type="totp").wrap().validate_code(_code(secret, 1))


@pytest.mark.asvs("6.5.1", "so is a recovery code")
@pytest.mark.asvs("6.5.2", "encrypted with the key of the settings, not hashed")
def test_a_recovery_code_lets_in_once(mina: User) -> None:
    client, _ = _with_totp()
    path = "/account/authenticators/recovery-codes"
    codes = client.post(path).json()["data"]["unused_codes"]
    assert len(codes) == 10
    assert codes[0] not in str(Authenticator.objects.get(type="recovery_codes").data)
    statuses = []
    for _ in range(2):
        other = SignInClient()
        other.log_in(MINA)
        statuses.append(other.post("/auth/2fa/authenticate", code=codes[0]).status_code)
    assert statuses == [200, 400]


@pytest.mark.asvs("7.5.1", "the app, likewise")
def test_the_app_is_removed_only_after_proving_who_it_is(mina: User) -> None:
    _, secret = _with_totp()
    client = SignInClient()
    client.log_in(MINA)
    client.post("/auth/2fa/authenticate", code=_code(secret, 1))
    assert client.send("delete", TOTP).status_code == 401
    client.reauthenticate()
    assert client.send("delete", TOTP).status_code == 200
    assert not Authenticator.objects.filter(type="totp").exists()


PASSKEYS = "/account/authenticators/webauthn"


def _with_passkey() -> tuple[SignInClient, Passkey]:
    client = SignInClient(host="localhost")
    client.log_in(MINA)
    client.reauthenticate()
    options = client.get(f"{PASSKEYS}?passwordless").json()["data"]["creation_options"]
    passkey = Passkey()
    credential = passkey.register(options["publicKey"])
    answer = client.post(PASSKEYS, name="phone", credential=credential)
    assert answer.status_code == 200
    return client, passkey


def _offered(client: SignInClient) -> Any:
    return client.get("/auth/webauthn/login").json()["data"]["request_options"]["publicKey"]


def test_a_passkey_lets_in_without_a_password(mina: User) -> None:
    _, passkey = _with_passkey()
    assert passkey.user_handle == mina.public_id.bytes
    client = SignInClient(host="localhost")
    credential = passkey.authenticate(_offered(client))
    assert client.post("/auth/webauthn/login", credential=credential).status_code == 200
    assert client.status() == 200


@pytest.mark.asvs("6.5.1", "a passkey answers one challenge once")
def test_an_answer_of_a_passkey_is_good_for_its_challenge_once(mina: User) -> None:
    _, passkey = _with_passkey()
    client = SignInClient(host="localhost")
    credential = passkey.authenticate(_offered(client))
    other = SignInClient(host="localhost")
    _offered(other)
    assert other.post("/auth/webauthn/login", credential=credential).status_code == 400
    assert client.post("/auth/webauthn/login", credential=credential).status_code == 200
    assert SignInClient().post("/auth/webauthn/login", credential=credential).status_code == 400


def test_a_passkey_of_another_site_or_hand_is_refused(mina: User) -> None:
    _, passkey = _with_passkey()
    client = SignInClient(host="localhost")
    elsewhere = passkey.authenticate(_offered(client), origin="https://evil.example")
    assert client.post("/auth/webauthn/login", credential=elsewhere).status_code == 400
    for handle in (uuid4().bytes, str(mina.pk).encode(), b""):
        nobody = Passkey(passkey.credential_id, handle, passkey.key).authenticate(_offered(client))
        assert client.post("/auth/webauthn/login", credential=nobody).status_code == 400
    stranger = Passkey(credential_id=passkey.credential_id, user_handle=passkey.user_handle)
    forged = stranger.authenticate(_offered(client))
    assert client.post("/auth/webauthn/login", credential=forged).status_code == 400
    assert client.access == ""


def test_broken_credentials_are_refused(mina: User, settings: Any) -> None:
    settings.MFA_RATE_LIMITS = {"webauthn_login": "100/m/ip"}
    client, passkey = _with_passkey()
    client.get(PASSKEYS)
    other = SignInClient(host="localhost")
    good = passkey.authenticate(_offered(other))
    for part in ("userHandle", "signature", "authenticatorData", "clientDataJSON"):
        for value in (None, "", "AA", "!", 7):
            bad = good | {"response": good["response"] | {part: value}}
            assert other.post("/auth/webauthn/login", credential=bad).status_code == 400
    for value in (None, "", "AA", "oA", 7):
        bad = {**good, "response": {**good["response"], "attestationObject": value}}
        assert client.post(PASSKEYS, name="x", credential=bad).status_code == 400


@pytest.mark.parametrize("credential", [{}, {"id": "a"}, {"response": {"userHandle": "AA"}}, 7, ""])
def test_what_is_no_credential_is_refused(mina: User, credential: Any) -> None:
    client = SignInClient(host="localhost")
    _offered(client)
    assert client.post("/auth/webauthn/login", credential=credential).status_code == 400


def test_google_is_off_without_a_client_and_on_with_one(settings: Any, mina: User) -> None:
    def providers() -> list[str]:
        answer = SignInClient().get("/config").json()["data"]
        return [each["id"] for each in answer.get("socialaccount", {}).get("providers", [])]

    body = {"provider": "google", "process": "login", "token": {"client_id": "a", "id_token": "b"}}
    assert providers() == []
    assert SignInClient().post("/auth/provider/token", **body).status_code == 400
    app = {"client_id": "client.example", "secret": "secret", "key": ""}
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": [app]}}
    assert providers() == ["google"]
    answer = SignInClient().post("/auth/provider/token", **body)  # of another client
    assert answer.status_code == 400


def test_googles_client_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from config.settings.variables import google_apps

    assert google_apps() == []
    monkeypatch.setenv("GOOGLE_CLIENT_ID", "client.example")
    monkeypatch.setenv("GOOGLE_CLIENT_SECRET", "hidden")
    assert google_apps() == [{"client_id": "client.example", "secret": "hidden", "key": ""}]
