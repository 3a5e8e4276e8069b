"""Charts: their data, and pictures that are drawn once for what they show."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from PIL import Image

from accounts.models import User
from accounts.queries.learners import Learner
from review import charts
from review.queries.charts import CHARTS, ChartNotFound, Wanted, chart
from review.queries.pictures import picture
from review.ratings import Rating
from tests import make
from tests.client import ApiClient
from tests.review.cards import NOW, card, review

DAY = timedelta(days=1)


@pytest.fixture
def reviewed(learner: Learner) -> Learner:
    """Alice with two cards, one of them forgotten."""
    for front, rating in (("costs $5 and $6", Rating.AGAIN), ("사과", Rating.EASY)):
        content = card(learner, front)
        review(learner, content, Rating.GOOD)
        review(learner, content, rating, at=NOW + DAY * 3)
    return learner


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_every_chart_is_drawn_with_cards_and_without(reviewed: Learner, name: str) -> None:
    nobody = make.user("nobody@example.com")
    from accounts.queries.learners import learner_of

    for learner in (reviewed, learner_of(nobody)):
        data = chart(name, Wanted(learner, NOW + DAY * 4))
        png = picture(name, data, form="png", theme="dark")
        assert Image.open(BytesIO(png)).size[0] >= 900
        svg = picture(name, data, form="svg", theme="light")
        assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314  our own


def test_data_add_up(reviewed: Learner) -> None:
    wanted = Wanted(reviewed, NOW + DAY * 4)
    for name in ("difficulty", "stability", "retrievability"):
        assert sum(each["count"] for each in chart(name, wanted)["bins"]) == 2
    hardest = chart("hardest", wanted)["cards"]
    assert [each["front"] for each in hardest] == ["costs $5 and $6", "사과"]
    assert chart("forecast", wanted)["total"] > 0
    assert len(chart("forecast", Wanted(reviewed, NOW + DAY * 4, days=90))["days"]) == 90
    empty = make.category(User.objects.get(pk=reviewed.id), "Empty")
    of_empty = Wanted(reviewed, NOW + DAY * 4, category_id=empty.public_id)
    assert chart("hardest", of_empty)["cards"] == []
    with pytest.raises(ChartNotFound):
        chart("nonsense", wanted)


def test_a_picture_is_drawn_once_and_not_sent_again(
    reviewed: Learner, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = charts.draw

    def counted(name: str, data: Any, **looks: str) -> bytes:
        drawn.append(name)
        return draw(name, data, **looks)

    monkeypatch.setattr(charts, "draw", counted)
    first = api.get("/statistics/hardest.svg?theme=dark")
    assert (first.status_code, first["Content-Type"]) == (200, "image/svg+xml")
    again = api.get("/statistics/hardest.svg?theme=dark")
    assert again.content == first.content
    told = {"If-None-Match": first["ETag"]}
    unchanged = api._client.get("/api/v1/statistics/hardest.svg?theme=dark", headers=told)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert drawn == ["hardest"]
    other = api.get("/statistics/hardest.png")
    assert other["ETag"] != first["ETag"]
    assert other.content[:4] == b"\x89PNG"
    assert api.get("/statistics/charts/hardest/").json()["cards"][0]["front"] == "costs $5 and $6"


def test_what_is_no_chart_is_not_found(api: ApiClient) -> None:
    assert api.get("/statistics/nonsense.svg").json()["code"] == "chart_not_found"
    assert api.get("/statistics/forecast.svg?days=31").status_code in {400, 422}


def test_threads_draw_at_once() -> None:
    data = {"cards": [{"front": "a", "difficulty": 5.0, "lapses": 2}]}

    def one(number: int) -> bytes:
        theme = ("light", "dark")[number % 2]
        return charts.draw("hardest", data, form="png", theme=theme)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, range(6)))
    assert len({*found[::2]}) == len({*found[1::2]}) == 1
    assert found[0] != found[1]


def test_the_admin_shows_a_learners_charts(reviewed: Learner) -> None:
    staff = User.objects.create_superuser("root@example.com", "a page a day")
    client = Client()
    client.force_login(staff)
    page = f"/admin/review/learnerclock/{reviewed.id}/charts/"
    assert b"hardest.svg" in client.get(page).content
    assert client.get(f"{page}hardest.svg?theme=dark")["Content-Type"] == "image/svg+xml"
    assert client.get(f"{page}nonsense.svg").status_code == 404
    assert Client().get(page).status_code == 302
