"""Passwords, codes and what a second factor keeps shut."""

import math
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from tests import make
from tests.accounts.journeys import SECRET, SignInClient, mailed_code
from tests.accounts.test_second_factor import TOTP, _code, _with_totp

pytestmark = pytest.mark.django_db
MINA = "mina@example.com"
NEW = "another-long-one"


@pytest.fixture(autouse=True)
def _mina(db: Any) -> None:
    make.member(MINA, SECRET)


@pytest.mark.asvs("6.2.8", "blanks and capitals count; nothing is cut off")
@pytest.mark.parametrize("typed", ["A Long enough Secret ", "a long enough secret", "x" * 128])
def test_a_password_is_compared_as_typed(typed: str) -> None:
    SignInClient().join("other@example.com", typed)
    assert SignInClient().log_in("other@example.com", typed).status_code == 200
    for other in (typed.strip()[:-1], typed.swapcase(), typed + " "):
        assert SignInClient().log_in("other@example.com", other).status_code == 400


@pytest.mark.asvs("6.2.10", "there is no date until which it is good")
def test_a_password_of_long_ago_is_good(time_machine: Any) -> None:
    time_machine.move_to("2040-01-01T00:00:00Z")
    assert SignInClient().log_in(MINA).status_code == 200


@pytest.mark.asvs("6.3.2", "a new database has no accounts")
def test_there_is_nobody_at_first() -> None:
    User.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert not User.objects.exists()


@pytest.mark.asvs("6.4.3", "who has reset a password logs in with it, and the app is asked too")
def test_a_reset_does_not_go_round_the_app() -> None:
    _, secret = _with_totp()
    thief = SignInClient()
    thief.post("/auth/password/request", email=MINA)
    assert thief.post("/auth/password/reset", key=mailed_code(), password=NEW).status_code == 401
    assert thief.access == ""
    client = SignInClient()
    assert client.log_in(MINA, NEW).status_code == 401
    assert client.access == ""
    assert client.post("/auth/2fa/authenticate", code=_code(secret, 1)).status_code == 200
    assert client.status() == 200


@pytest.mark.asvs("6.4.1", "a mailed code is good for 10 minutes")
@pytest.mark.asvs("6.5.5", "mailed codes: 10 minutes")
@pytest.mark.parametrize(("minutes", "status"), [(9, 401), (11, 409)])
def test_a_mailed_code_lasts_ten_minutes(minutes: int, status: int, time_machine: Any) -> None:
    client = SignInClient()
    client.post("/auth/password/request", email=MINA)
    assert "10 minutes" in mail.outbox[-1].body or "10분" in mail.outbox[-1].body
    time_machine.move_to(timezone.now() + timedelta(minutes=minutes))
    answer = client.post("/auth/password/reset", key=mailed_code(), password=NEW)
    assert answer.status_code == status


@pytest.mark.asvs(
    "6.5.5", "codes of an app: a step of 30 seconds, and its neighbours, for clocks differ"
)
@pytest.mark.parametrize(("step", "status"), [(-2, 400), (-1, 200), (1, 200), (2, 400)])
def test_a_code_of_an_app_lasts_its_step_and_the_next(step: int, status: int) -> None:
    _, secret = _with_totp()
    client = SignInClient()
    client.log_in(MINA)
    assert client.post("/auth/2fa/authenticate", code=_code(secret, step)).status_code == status


@pytest.mark.asvs("6.5.3", "Python's `secrets`, which asks the operating system")
@pytest.mark.asvs("6.5.4", "mailed codes 34 bits, recovery codes 26, seeds of apps 160")
def test_codes_and_seeds_are_random_and_long() -> None:
    client, secret = _with_totp()
    assert len(secret) * 5 >= 128
    codes = client.post("/account/authenticators/recovery-codes").json()["data"]["unused_codes"]
    assert len(set(codes)) == 10
    assert all(len(code) * math.log2(10) > 20 for code in codes)
    mailed = set()
    for number in range(4):
        make.member(f"{number}@example.com", SECRET)
        SignInClient().post("/auth/password/request", email=f"{number}@example.com")
        mailed.add(mailed_code())
    assert len(mailed) == 4
    assert all(re.fullmatch(r"[B-Z]{4}-[B-Z]{4}", code) for code in mailed)


@pytest.mark.asvs("7.2.4", "and the session token of the step before is worth nothing")
def test_logging_in_makes_a_new_session() -> None:
    _, secret = _with_totp()
    client = SignInClient()
    client.log_in(MINA)
    before = client.session
    assert before
    client.post("/auth/2fa/authenticate", code=_code(secret, 1))
    assert client.session != before
    old = SignInClient()
    old.session = before
    assert old.get("/auth/session").status_code in {401, 410}


@pytest.mark.asvs("7.2.3", "session keys have 165 bits")
def test_sessions_are_not_to_be_guessed() -> None:
    keys = set()
    for _ in range(5):
        client = SignInClient()
        client.log_in(MINA)
        keys.add(client.session)
    assert len(keys) == 5
    assert all(len(key) * math.log2(36) > 128 for key in keys)


@pytest.mark.asvs("7.5.1", "recovery codes, likewise")
def test_recovery_codes_are_made_only_after_proving_who_it_is() -> None:
    _, secret = _with_totp()
    made = Authenticator.objects.filter(type="recovery_codes").values_list("data", flat=True)
    before = list(made)
    client = SignInClient()
    client.log_in(MINA)
    client.post("/auth/2fa/authenticate", code=_code(secret, 1))
    assert client.post("/account/authenticators/recovery-codes").status_code == 401
    assert client.send("delete", TOTP).status_code == 401
    assert list(made) == before
