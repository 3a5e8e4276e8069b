"""Categories and contents over HTTP."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.client import ApiClient


@pytest.fixture
def category(api: ApiClient) -> str:
    body: dict[str, str] = api.post("/categories/", {"name": "Words"}).json()
    return body["id"]


def _add(api: ApiClient, category: str, **fields: Any) -> dict[str, Any]:
    body = {"category": category, "front": "apple", "back": "a round fruit", **fields}
    response = api.post("/contents/", body)
    assert response.status_code == 201
    answer: dict[str, Any] = response.json()
    return answer


def test_categories_are_nested_and_named_once_a_place(api: ApiClient, category: str) -> None:
    child = api.post("/categories/", {"name": "Fruit", "parent": category})
    assert child.json()["parent"] == category
    again = api.post("/categories/", {"name": "Fruit", "parent": category})
    assert (again.status_code, again.json()["code"]) == (409, "category_exists")
    assert len(api.get("/categories/").json()) == 2


def test_a_category_does_not_stand_below_itself(api: ApiClient, category: str) -> None:
    child = api.post("/categories/", {"name": "Fruit", "parent": category}).json()["id"]
    response = api.patch(f"/categories/{category}/", {"parent": child})
    assert (response.status_code, response.json()["code"]) == (422, "category_too_deep")


def _chain(api: ApiClient, name: str, levels: int) -> list[str]:
    ids: list[str] = []
    for level in range(levels):
        body = {"name": f"{name} {level}", "parent": ids[-1] if ids else None}
        ids.append(api.post("/categories/", body).json()["id"])
    return ids


def test_categories_go_eight_levels_deep_also_when_they_move(api: ApiClient) -> None:
    whole, part = _chain(api, "whole", 8), _chain(api, "part", 2)
    ninth = api.post("/categories/", {"name": "ninth", "parent": whole[-1]})
    assert ninth.json()["code"] == "category_too_deep"
    moved = api.patch(f"/categories/{part[0]}/", {"parent": whole[6]})
    assert moved.json()["code"] == "category_too_deep"
    assert api.patch(f"/categories/{part[0]}/", {"parent": whole[5]}).status_code == 200


def test_only_an_empty_category_is_deleted(api: ApiClient, category: str) -> None:
    empty = api.post("/categories/", {"name": "Empty"}).json()["id"]
    assert api.delete(f"/categories/{empty}/").status_code == 204
    _add(api, category)
    assert api.delete(f"/categories/{category}/").json()["code"] == "category_not_empty"


def test_a_card_without_an_answer_is_a_draft_until_it_gets_one(
    api: ApiClient, category: str
) -> None:
    draft = _add(api, category, back="")
    assert (draft["stage"], draft["due_at"]) == ("draft", None)
    assert api.get("/reviews/due/").json()["due_count"] == 0
    card = api.patch(f"/contents/{draft['id']}/", {"gloss": "사과"}).json()
    assert card["stage"] == "new"
    assert api.get("/reviews/due/").json()["due_count"] == 1


def test_an_archived_card_is_not_due_until_it_is_restored(api: ApiClient, category: str) -> None:
    card = _add(api, category)
    assert api.post(f"/contents/{card['id']}/archive/").json()["archived_at"]
    assert api.get("/reviews/due/").json()["due_count"] == 0
    assert api.post(f"/contents/{card['id']}/restore/").json()["archived_at"] is None
    assert api.get("/reviews/due/").json()["due_count"] == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "yellow fruit"}, ["banana"]),
        ({"tag": "b"}, ["banana"]),
        ({"draft": "true"}, ["cherry"]),
        ({"archived": "true"}, []),
        ({"stage": "new"}, ["banana", "apple"]),
        ({}, ["cherry", "banana", "apple"]),
    ],
)
def test_the_list_is_narrowed(
    api: ApiClient, category: str, query: dict[str, str], found: list[str]
) -> None:
    _add(api, category, tags=["a"])
    _add(api, category, front="banana", back="a yellow fruit", tags=["a", "b"])
    _add(api, category, front="cherry", back="")
    cards = api.get("/contents/", **query).json()["results"]
    assert [card["front"] for card in cards] == found


def test_a_category_lists_what_is_below_it(api: ApiClient, category: str) -> None:
    child = api.post("/categories/", {"name": "Fruit", "parent": category}).json()["id"]
    _add(api, child)
    assert len(api.get("/contents/", category=category).json()["results"]) == 1
    assert api.get("/reviews/due/", category=category).json()["due_count"] == 1


def test_cards_are_added_in_bulk_all_or_none(api: ApiClient, category: str) -> None:
    cards = [{"category": category, "front": str(n), "back": "x"} for n in range(3)]
    response = api.post("/contents/bulk/", {"contents": cards})
    assert [card["front"] for card in response.json()] == ["0", "1", "2"]
    response = api.post("/contents/bulk/", {"contents": [*cards, {"category": category}]})
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "contents.3.front"
    assert len(api.get("/contents/").json()["results"]) == 3


def test_another_learners_rows_are_absent(
    api: ApiClient, bobs_api: ApiClient, category: str
) -> None:
    card = _add(api, category)
    assert bobs_api.get(f"/contents/{card['id']}/").status_code == 404
    assert bobs_api.patch(f"/contents/{card['id']}/", {"front": "x"}).status_code == 404
    assert bobs_api.post(f"/contents/{card['id']}/archive/").status_code == 404
    assert bobs_api.patch(f"/categories/{category}/", {"name": "x"}).status_code == 404
    assert bobs_api.get("/contents/").json()["results"] == []
    stolen = {"category": category, "front": "x", "back": "y"}
    assert bobs_api.post("/contents/", stolen).status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_lists_cost_the_same_whatever_their_length(
    api: ApiClient, category: str, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cards = [{"category": category, "front": str(n), "back": "x"} for n in range(count)]
    api.post("/contents/bulk/", {"contents": cards})
    api.get("/reviews/due/")  # scheduling parameters are read once a process
    for path in ("/contents/", "/categories/", "/reviews/due/"):
        with django_assert_max_num_queries(1 + 3):  # the learner, and three
            assert api.get(path, category=category).status_code == 200
