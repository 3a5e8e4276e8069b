"""Nobody reaches what is another's, by no route and no method."""

from functools import cache
from typing import Any

import pytest
from allauth.headless.spec import views as allauths_schema
from django.http import HttpResponse
from django.urls import path

from config import urls
from review import access
from review.models import Content
from tests.isolation import matrix
from tests.isolation.rows import row_of

pytestmark = pytest.mark.django_db
CONTENT = "api/v1/contents/<uuid:content_id>/"


@pytest.fixture(autouse=True)
def _no_count_of_reads(settings: Any) -> None:
    """The world is built row by row; how many reads a page takes is tested elsewhere."""
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]


@pytest.fixture(autouse=True)
def _one_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """allauth reads and cuts its whole schema at each request for it."""
    monkeypatch.setattr(allauths_schema, "get_schema", cache(allauths_schema.get_schema))


@pytest.mark.timeout(900)
@pytest.mark.asvs("8.1.1", "tests/isolation/rows.py says for every route whom it is for")
@pytest.mark.asvs("8.2.1", "every route is asked as everybody by every method")
@pytest.mark.asvs("8.2.2", "another learner's row answers 404, as one that is not there")
@pytest.mark.asvs("8.3.1", "rows are fetched through access.py, for the learner of the token")
@pytest.mark.asvs("8.4.1", "after each call everybody else's rows are compared")
@pytest.mark.asvs(
    "5.3.1", "uploads have no public address: routes answer them to their owner alone"
)
@pytest.mark.asvs("5.4.3", "no scanner is run; a file goes back to nobody but who sent it")
def test_what_is_alices_reaches_alice_alone() -> None:
    found = matrix.run()
    assert [route for route in matrix.routes() if row_of(route) is None] == []
    assert found.leaks == []
    assert found.faults == []
    assert found.unreached == []
    assert len(matrix.routes()) > 200
    assert found.calls >= 5 * 2 * found.routes


def test_a_planted_leak_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "contents_of", lambda _: Content.objects.all())
    found = matrix.run([CONTENT])
    actors = {leak.split()[0] for leak in found.leaks}
    assert actors == {"other", "teacher", "staff", f"{CONTENT}:"}
    assert any("changed ['review.Content']" in leak for leak in found.leaks)


def test_a_route_without_a_row_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = path("planted/", lambda _: HttpResponse())
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, planted])
    assert "planted/" in set(matrix._walk(type("R", (), {"url_patterns": urls.urlpatterns}), ""))  # type: ignore[arg-type]
    assert matrix.run(["planted/"]).without_row == ["planted/"]
