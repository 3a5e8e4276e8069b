"""Who is let in by which token, and from when on nobody is."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, transaction

from accounts import token_cache, tokens
from accounts.commands.devices import log_out_everywhere, rotate
from accounts.models import Device, User
from accounts.queries.learners import learner_of
from config.settings import variables
from tests.accounts.journeys import bearer, me, refresh
from tests.client import log_in

pytestmark = pytest.mark.django_db
REPLAYS = 1000 if variables.text("PROOF") else 50
RACERS, ROUNDS = 8, 10 if variables.text("PROOF") else 4


@pytest.fixture(params=["redis", "no redis"])
def _both(request: Any, settings: Any) -> Iterator[None]:
    """Run a test with Redis, and with one that does not answer."""
    if request.param == "no redis":
        away = {"LOCATION": "unix:///nowhere/valkey.sock"}
        settings.CACHES = {"default": settings.CACHES["default"] | away}
    yield
    token_cache._asleep_until = 0.0


def _forged(token: str, *, key: str | None = None, algorithm: str = "HS256", **changes: Any) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims | changes, key or django_settings.SECRET_KEY, algorithm=algorithm)


@pytest.mark.asvs("7.2.2", "each log-in has tokens of its own")
@pytest.mark.asvs("15.3.1", "tokens and answers hold public ids only")
def test_a_token_names_user_device_and_version_and_no_key_of_the_database(alice: User) -> None:
    device, pair = log_in(alice)
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    assert claims["sub"] == str(alice.public_id)
    assert claims["fam"] == str(device.public_id)
    assert claims["ver"] == alice.token_version
    assert me(pair.access) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"key": "another-key-that-is-thirty-two-bytes-or-more"},
        {"key": "x" * 64, "algorithm": "HS512"},
        {"algorithm": "HS512"},
        {"exp": int(time.time()) - 1},
        {"sub": str(uuid4())},
        {"fam": str(uuid4())},
        {"fam": "not an id"},
        {"sub": 7},
        {"ver": 1},
        {"ver": None},
        {"token_use": "refresh"},
    ],
)
@pytest.mark.asvs(
    "7.2.1", "the signature, the user's version and the device are checked on every request"
)
@pytest.mark.asvs("9.1.1", "HMAC-SHA256 over the whole token")
@pytest.mark.asvs("9.1.2", "HS256 is the only algorithm that is read")
@pytest.mark.asvs(
    "9.1.3", "the key is the setting SECRET_KEY; what a token says of keys is not read"
)
@pytest.mark.asvs("9.2.1", "`exp` is held")
@pytest.mark.asvs(
    "9.2.3", "the key signs for this service alone, and a token without its own claims is refused"
)
def test_a_token_of_another_hand_or_age_or_content_is_refused(alice: User, change: Any) -> None:
    _, pair = log_in(alice)
    assert me(_forged(pair.access)) == 200
    assert me(_forged(pair.access, **change)) == 401


@pytest.mark.asvs("9.1.1", "an unsigned token is none")
@pytest.mark.asvs("9.1.2", "`none` is no algorithm")
def test_a_token_without_a_signature_is_refused(alice: User) -> None:
    _, pair = log_in(alice)
    claims = jwt.decode(pair.access, options={"verify_signature": False})
    assert me(jwt.encode(claims, "", algorithm="none")) == 401
    assert me(pair.access.rpartition(".")[0] + ".") == 401


@pytest.mark.asvs("9.2.1", "also of a token that was good a moment ago")
def test_a_known_token_expires_too(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    _, pair = log_in(alice)
    assert me(pair.access) == 200
    later = time.time() + tokens.access_seconds()
    monkeypatch.setattr("accounts.tokens.time.time", lambda: later)
    assert me(pair.access) == 401


def test_a_second_request_asks_the_database_for_nobody(
    alice: User, django_assert_num_queries: Any
) -> None:
    _, pair = log_in(alice)
    with django_assert_num_queries(1):
        assert tokens.check(pair.access)
    with django_assert_num_queries(0):
        found = tokens.check(pair.access)
    assert found
    assert learner_of(found[0]) == learner_of(alice)
    assert "password" in found[0].get_deferred_fields()


def _revoke(alice: User, device: Device, token: str) -> None:
    _, other = log_in(alice)
    path = f"/api/v1/devices/{device.public_id}/"
    assert bearer(other.access).delete(path).status_code == 204


def _everywhere(alice: User, device: Device, token: str) -> None:
    log_out_everywhere(learner=learner_of(alice))


def _disable(alice: User, device: Device, token: str) -> None:
    alice.is_active = False
    alice.save()


def _new_password(alice: User, device: Device, token: str) -> None:
    alice.set_password("another-long-secret")
    alice.save()


def _delete(alice: User, device: Device, token: str) -> None:
    alice.delete()


ENDS = [_revoke, _everywhere, _disable, _new_password, _delete]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.usefixtures("_both")
@pytest.mark.asvs("7.4.2", "an account that is disabled or deleted ends its devices")
@pytest.mark.asvs("8.3.2", "with Redis or without, from the moment it is stored")
@pytest.mark.asvs(
    "16.5.3", "when Redis does not answer, PostgreSQL is asked: nobody is let in unasked"
)
def test_from_its_end_on_no_token_of_a_device_is_good(
    alice: User, end: Any, django_capture_on_commit_callbacks: Any
) -> None:
    device, pair = log_in(alice)
    assert me(pair.access) == me(pair.access) == 200
    with django_capture_on_commit_callbacks(execute=True):
        end(alice, device, pair.access)
    assert me(pair.access) == me(pair.access) == 401
    assert refresh(pair.refresh).status_code == 400


def test_a_device_that_ends_leaves_the_others(alice: User, bob: User) -> None:
    device, pair = log_in(alice)
    _, second = log_in(alice)
    _, bobs = log_in(bob)
    _revoke(alice, device, pair.access)
    assert (me(pair.access), me(second.access), me(bobs.access)) == (401, 200, 200)
    log_out_everywhere(learner=learner_of(alice))
    assert (me(second.access), me(bobs.access)) == (401, 200)


def test_what_a_reader_read_before_a_change_is_not_kept(alice: User) -> None:
    device, pair = log_in(alice)
    found = tokens.check(pair.access)
    assert found
    row = {name: getattr(found[0], name) for name in tokens._FIELDS}
    cache.clear()
    log_out_everywhere(learner=learner_of(alice))
    token_cache.fill(str(alice.public_id), str(device.public_id), row)  # it was late
    assert me(pair.access) == 401


def test_an_emptied_cache_lets_nobody_in(alice: User) -> None:
    device, pair = log_in(alice)
    _, other = log_in(alice)
    _revoke(alice, device, pair.access)
    cache.clear()
    assert me(other.access) == 200  # the user's row is in the cache again
    assert me(pair.access) == 401


def test_a_change_that_is_not_stored_ends_nothing(alice: User) -> None:
    device, pair = log_in(alice)
    with transaction.atomic():
        _revoke(alice, device, pair.access)
        transaction.set_rollback(True)
    assert me(pair.access) == 200


def test_an_old_object_cannot_set_the_version_back(alice: User) -> None:
    old = User.objects.get(pk=alice.pk)
    log_out_everywhere(learner=learner_of(alice))
    old.name = "Alice"
    old.save()
    alice.refresh_from_db()
    assert (alice.token_version, alice.name) == (1, "Alice")


def test_a_changed_profile_is_seen_at_once(alice: User) -> None:
    _, pair = log_in(alice)
    client = bearer(pair.access)
    assert client.get("/api/v1/me/").json()["name"] == ""
    body = {"time_zone": "Europe/Berlin"}
    client.patch("/api/v1/me/", body, content_type="application/json")
    found = tokens.check(pair.access)
    assert found
    assert found[0].time_zone == "Europe/Berlin"


def test_rotation_gives_a_good_pair_and_notes_the_use(alice: User) -> None:
    device, pair = log_in(alice)
    answer = refresh(pair.refresh).json()["data"]
    assert me(answer["access_token"]) == 200
    assert me(pair.access) == 200
    before = device.last_used_at
    device.refresh_from_db()
    assert device.last_used_at > before


@pytest.mark.asvs(
    "16.3.3", "a refresh token that comes twice is logged and counted, and ends its device"
)
def test_a_replayed_token_ends_its_family_and_no_other(alice: User) -> None:
    _, pair = log_in(alice)
    _, other = log_in(alice)
    newest = refresh(pair.refresh).json()["data"]
    assert refresh(pair.refresh).status_code == 400
    assert refresh(newest["refresh_token"]).status_code == 400
    assert me(newest["access_token"]) == me(pair.access) == 401
    assert me(other.access) == 200
    assert refresh(other.refresh).status_code == 200


def test_of_many_replays_none_is_accepted(alice: User) -> None:
    from django.utils import timezone

    _, pair = log_in(alice)
    assert rotate(refresh_token=pair.refresh, now=timezone.now())
    accepted = [rotate(refresh_token=pair.refresh, now=timezone.now()) for _ in range(REPLAYS)]
    assert accepted == [None] * REPLAYS


@pytest.mark.parametrize(
    "change",
    [
        {"key": "another-key-that-is-thirty-two-bytes-or-more"},
        {"exp": int(time.time()) - 1},
        {"jti": str(uuid4())},
        {"sub": str(uuid4())},
        {"ver": 1},
        {"fam": "not an id"},
        {"sid": "nothing"},
        {"sid": ""},
        {"jti": "not an id"},
    ],
)
def test_a_refresh_token_of_another_hand_or_content_is_refused(alice: User, change: Any) -> None:
    _, pair = log_in(alice)
    assert refresh(_forged(pair.refresh, **change)).status_code == 400


@pytest.mark.parametrize("text", ["", "nonsense", "a.b.c", "\x00"])
def test_what_is_no_token_is_refused(text: str) -> None:
    assert refresh(text).status_code == 400


def test_a_device_without_its_session_ends(alice: User) -> None:
    from django.contrib.sessions.models import Session

    _, pair = log_in(alice)
    Session.objects.all().delete()
    assert refresh(pair.refresh).status_code == 400
    assert me(pair.access) == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.asvs("2.3.4", "a refresh token is rotated under a row lock")
def test_of_eight_at_once_exactly_one_is_accepted() -> None:
    from django.utils import timezone

    def race(pair: Any, barrier: Barrier) -> bool:
        barrier.wait()
        try:
            return rotate(refresh_token=pair.refresh, now=timezone.now()) is not None
        finally:
            connection.close()

    for number in range(ROUNDS):
        _, pair = log_in(User.objects.create_user(f"{number}@example.com"))
        barrier = Barrier(RACERS)
        with ThreadPoolExecutor(RACERS) as pool:
            accepted = list(pool.map(lambda _: race(pair, barrier), range(RACERS)))  # noqa: B023
        assert sum(accepted) == 1
        assert me(pair.access) == 401  # the others were replays
