"""Whoever says what they have read does not overwrite what they have not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from review.models import Content
from tests import make
from tests.client import ApiClient

Place = tuple[str, dict[str, str]]
PLACES: dict[str, Callable[[User], Place]] = {
    "content": lambda user: (f"/contents/{make.content(user).public_id}/", {"front": "pear"}),
    "category": lambda user: (f"/categories/{make.category(user, 'C').public_id}/", {"name": "V"}),
    "profile": lambda _: ("/me/", {"name": "Alice"}),
}


@pytest.mark.parametrize("kind", PLACES)
def test_an_edit_of_what_was_read_passes_and_a_later_one_is_refused(
    kind: str, api: ApiClient, alice: User
) -> None:
    path, changes = PLACES[kind](alice)
    read = api.get(path)["ETag"]
    edited = api.patch(path, changes, if_match=read)
    assert edited.status_code == 200
    assert edited["ETag"] == api.get(path)["ETag"] != read
    late = api.patch(path, dict.fromkeys(changes, "late"), if_match=read)
    assert (late.status_code, late.json()["code"]) == (412, "changed")
    assert api.get(path)["ETag"] == edited["ETag"]
    assert api.patch(path, changes, if_match=f'"other", {edited["ETag"]}').status_code == 200


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("headers", [{}, {"if_match": "*"}])
def test_who_does_not_ask_is_not_refused(
    kind: str, headers: dict[str, str], api: ApiClient, alice: User
) -> None:
    path, changes = PLACES[kind](alice)
    assert api.patch(path, changes, **headers).status_code == 200


def test_a_category_is_deleted_as_it_was_read(api: ApiClient, alice: User) -> None:
    path, changes = PLACES["category"](alice)
    read = api.get(path)["ETag"]
    api.patch(path, changes)
    assert api.delete(path, if_match=read).status_code == 412
    assert api.delete(path, if_match=api.get(path)["ETag"]).status_code == 204


def test_a_weak_tag_matches_nothing(api: ApiClient, alice: User) -> None:
    path, changes = PLACES["content"](alice)
    assert api.patch(path, changes, if_match="W/" + api.get(path)["ETag"]).status_code == 412


@pytest.mark.parametrize("kind", ["content", "category"])
def test_anothers_row_is_absent_whatever_the_tag(
    kind: str, bobs_api: ApiClient, alice: User
) -> None:
    path, changes = PLACES[kind](alice)
    assert bobs_api.get(path).status_code == 404
    assert bobs_api.patch(path, changes, if_match='"x"').status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_eight_edits_of_one_reading_one_passes() -> None:
    alice = make.user()
    api = ApiClient(alice)
    path, _ = PLACES["content"](alice)
    read, gate = api.get(path)["ETag"], Barrier(8)

    def edit(number: int) -> Any:
        try:
            gate.wait(20)
            return ApiClient(alice).patch(path, {"front": f"f{number}"}, if_match=read).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(edit, range(8))) == [200, *[412] * 7]
    assert Content.objects.get().front.startswith("f")
