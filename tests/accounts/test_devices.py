"""Where a learner is logged in, over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Device, User
from accounts.tasks import prune
from tests import make
from tests.accounts.journeys import SECRET, SignInClient, bearer, me
from tests.client import log_in

pytestmark = pytest.mark.django_db
DEVICES = "/api/v1/devices/"


def test_a_log_in_is_listed_with_where_it_comes_from() -> None:
    make.member("mina@example.com", SECRET)
    client = SignInClient(user_agent="Phone " + "x" * 300, x_forwarded_for="203.0.113.9")
    client.log_in("mina@example.com")
    (row,) = bearer(client.access).get(DEVICES).json()
    assert row["user_agent"] == ("Phone " + "x" * 300)[:200]
    assert (row["ip"], row["is_current"]) == ("127.0.0.1", True)  # the header is not believed


def test_the_list_is_ones_own_and_marks_the_device_that_asks(
    alice: User, bob: User, django_assert_num_queries: Any
) -> None:
    log_in(bob)
    first, _ = log_in(alice, "first")
    second, pair = log_in(alice, "second")
    client = bearer(pair.access)
    client.get(DEVICES)
    with django_assert_num_queries(1):
        rows = client.get(DEVICES).json()
    assert [(row["id"], row["user_agent"], row["is_current"]) for row in rows] == [
        (str(second.public_id), "second", True),
        (str(first.public_id), "first", False),
    ]


def test_a_device_is_logged_out_once(alice: User) -> None:
    other, others = log_in(alice)
    _, pair = log_in(alice)
    client, path = bearer(pair.access), f"{DEVICES}{other.public_id}/"
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    assert [row["is_current"] for row in client.get(DEVICES).json()] == [True]
    assert me(others.access) == 401


@pytest.mark.parametrize("whose", ["bob's", "nobody's"])
def test_a_device_of_somebody_else_is_not_found(alice: User, bob: User, whose: str) -> None:
    bobs, pair_of_bob = log_in(bob)
    _, pair = log_in(alice)
    device_id = bobs.public_id if whose == "bob's" else uuid4()
    answer = bearer(pair.access).delete(f"{DEVICES}{device_id}/")
    assert (answer.status_code, answer.json()["code"]) == (404, "device_not_found")
    assert me(pair_of_bob.access) == 200


def test_logging_out_everywhere_leaves_no_device(alice: User, bob: User) -> None:
    _, other = log_in(alice)
    _, pair = log_in(alice)
    _, bobs = log_in(bob)
    assert bearer(pair.access).delete(DEVICES).status_code == 204
    assert (me(pair.access), me(other.access), me(bobs.access)) == (401, 401, 200)
    _, again = log_in(User.objects.get(pk=alice.pk))
    assert len(bearer(again.access).get(DEVICES).json()) == 1


@pytest.mark.parametrize("method", ["get", "delete"])
def test_without_a_token_there_is_nothing_to_see(method: str) -> None:
    assert getattr(Client(), method)(DEVICES).status_code == 401


def test_a_device_whose_refresh_token_has_expired_is_removed(alice: User) -> None:
    old, _ = log_in(alice)
    new, pair = log_in(alice)
    Device.objects.filter(pk=old.pk).update(last_used_at=timezone.now() - timedelta(days=31))
    assert len(bearer(pair.access).get(DEVICES).json()) == 1
    prune()
    assert list(Device.objects.all()) == [new]
