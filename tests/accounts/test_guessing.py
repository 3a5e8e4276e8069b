"""Nobody learns who has an account, and nobody may guess for long."""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail

from accounts.models import User
from tests import make
from tests.accounts.journeys import SECRET, SignInClient, mailed_code

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "mina@example.com", "nobody@example.com"


@pytest.fixture(autouse=True)
def _mina(db: Any) -> None:
    make.member(KNOWN, SECRET)


def _shape(value: Any) -> Any:
    """Return an answer without what is random in it."""
    if isinstance(value, dict):
        return {k: "..." if "token" in k else _shape(v) for k, v in value.items()}
    return [_shape(each) for each in value] if isinstance(value, list) else value


def _told(path: str, email: str, **body: str) -> tuple[Any, int, int]:
    """Return the answer, how many passwords were hashed for it, how many mails were sent."""
    sent, hashed = len(mail.outbox), []
    encode = MD5PasswordHasher.encode

    def counted(*arguments: Any, **options: Any) -> str:
        hashed.append(1)
        return encode(*arguments, **options)

    with patch.object(MD5PasswordHasher, "encode", counted):  # counted, and done
        answer = SignInClient().post(path, email=email, **body)
    shown = (answer.status_code, sorted(answer.headers), _shape(answer.json()))
    return shown, len(hashed), len(mail.outbox) - sent


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/login", {"password": "not-the-password"}),
        ("/auth/signup", {"password": SECRET}),
        ("/auth/signup", {"password": "short"}),
        ("/auth/password/request", {}),
    ],
)
def test_a_known_and_an_unknown_address_are_answered_alike(path: str, body: Any) -> None:
    known, unknown = _told(path, KNOWN, **body), _told(path, UNKNOWN, **body)
    assert known == unknown


def test_an_address_that_is_taken_is_told_to_its_owner_alone() -> None:
    client = SignInClient()
    client.sign_up(KNOWN, "another-long-secret")
    (message,) = mail.outbox
    assert (message.to, message.subject) == ([KNOWN], "이미 가입된 주소입니다")
    for guess in ("", "AAAA-AAAA"):
        assert client.post("/auth/email/verify", key=guess).status_code == 400
    assert User.objects.get(email=KNOWN).check_password(SECRET)


def test_a_reset_for_an_unknown_address_opens_nothing() -> None:
    client = SignInClient()
    client.post("/auth/password/request", email=UNKNOWN)
    assert mail.outbox[0].subject == "There is no account with this address"
    for key in ("", "AAAA-AAAA"):
        answer = client.post("/auth/password/reset", key=key, password="another-long-one")
        assert answer.status_code == 400
    assert not User.objects.filter(email=UNKNOWN).exists()


def _guess(email: str, password: str = "wrong", **headers: str) -> Any:  # noqa: S107
    return SignInClient(**headers).log_in(email, password)


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
@pytest.mark.asvs(
    "6.1.1", "five wrong passwords in five minutes lock an account, for as long, known or not"
)
@pytest.mark.asvs("6.3.1", "by account")
def test_five_wrong_passwords_lock_the_account_for_a_while(email: str) -> None:
    for number in range(5):
        address = {"x_forwarded_for": f"203.0.113.{number}"}
        assert _guess(email, **address).json()["errors"][0]["code"] == "email_password_mismatch"
    for host in ("127.0.0.1", "localhost"):
        refused = _guess(email.upper(), SECRET, host=host)
        assert refused.json()["errors"][0]["code"] == "too_many_login_attempts"


@pytest.mark.asvs("6.3.1", "ten a minute by address")
def test_ten_wrong_passwords_lock_the_address_whatever_it_says_it_is() -> None:
    for number in range(10):
        _guess(f"{number}@example.com", x_forwarded_for=f"203.0.113.{number}")
    refused = _guess(KNOWN, SECRET, x_forwarded_for="203.0.113.99", forwarded="for=203.0.113.9")
    assert refused.json()["errors"][0]["code"] == "too_many_login_attempts"


def test_behind_a_proxy_the_address_it_vouches_for_counts(settings: Any) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    for number in range(10):
        _guess(f"{number}@example.com", x_forwarded_for=f"198.51.100.{number}, 203.0.113.1")
    assert _guess(KNOWN, SECRET, x_forwarded_for="1.2.3.4, 203.0.113.1").status_code == 400
    assert _guess(KNOWN, SECRET, x_forwarded_for="203.0.113.1, 203.0.113.2").status_code == 200
    assert _guess(KNOWN, SECRET, x_forwarded_for="nonsense").status_code == 200  # not a 500


def test_a_right_password_is_no_attempt() -> None:
    for _ in range(12):
        assert _guess(KNOWN, SECRET).status_code == 200


def test_mails_to_one_address_are_limited() -> None:
    statuses = [
        SignInClient().post("/auth/password/request", email=KNOWN).status_code for _ in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2
    assert len(mail.outbox) == 5


@pytest.mark.asvs("6.3.1", "codes, too")
def test_three_wrong_codes_end_a_reset() -> None:
    client = SignInClient()
    client.post("/auth/password/request", email=KNOWN)
    code = mailed_code()
    for _ in range(3):
        client.post("/auth/password/reset", key="AAAA-AAAA", password="another-long-one")
    answer = client.post("/auth/password/reset", key=code, password="another-long-one")
    assert answer.status_code == 409
