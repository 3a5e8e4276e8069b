"""The learner's own page."""

from typing import Any

import pytest

from accounts.commands.profile import update_profile
from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from config.errors import Invalid
from tests.client import ApiClient


def test_a_profile_is_read_in_three_queries(
    api: ApiClient, alice: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):  # the token's user, the profile, the retention
        answer = api.get("/me/")
    assert answer.json()["id"] == str(alice.public_id)
    assert answer.json()["rollover_hour"] == 4


def test_a_change_is_kept_and_leaves_the_rest(api: ApiClient, alice: User) -> None:
    answer = api.patch("/me/", {"name": "Alice", "time_zone": "Europe/Berlin"})
    assert answer.status_code == 200
    assert answer.json() == api.get("/me/").json()
    alice.refresh_from_db()
    assert (alice.name, alice.time_zone, alice.native_language) == ("Alice", "Europe/Berlin", "ko")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("rollover_hour", 7),
        ("rollover_hour", -1),
        ("native_language", "korean please"),
        ("name", "x" * 101),
        ("name", "a\0b"),
    ],
)
def test_a_bad_value_is_refused_by_its_field(api: ApiClient, field: str, value: Any) -> None:
    before = api.get("/me/").json()
    answer = api.patch("/me/", {field: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert api.get("/me/").json() == before


@pytest.mark.asvs("8.2.3", "fields that are not the learner's are ignored")
def test_what_is_not_the_learners_to_change_stays(api: ApiClient, alice: User) -> None:
    api.patch("/me/", {"email": "other@example.com", "is_staff": True, "name": "A"})
    alice.refresh_from_db()
    assert (alice.email, alice.is_staff) == ("alice@example.com", False)


def test_the_command_checks_what_the_api_did_not(learner: Learner, alice: User) -> None:
    with pytest.raises(Invalid) as refused:
        update_profile(learner=learner, changes={"time_zone": "Mars/Olympus"})
    assert refused.value.field == "time_zone"
    alice.refresh_from_db()
    assert learner_of(alice) == learner
