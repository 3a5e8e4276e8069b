"""The admin shows every model, in few queries whatever there is to show."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection, models
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.operations import admin_tables
from tests import make
from tests.admin_rows import a_row

pytestmark = pytest.mark.django_db
# Disposable sums over a composite key are left out: Django's admin takes no such model.
OUR_MODELS = [
    model
    for model in apps.get_models()
    if not isinstance(model._meta.pk, models.CompositePrimaryKey)
    if model.__module__.split(".")[0] in {"accounts", "review", "ocr", "exams", "chat", "config"}
]
REGISTERED = list(admin.site._registry)
QUERIES_AT_MOST = 10


@pytest.fixture
def staff(db: Any, settings: Any) -> Client:
    """An administrator reads two users, themselves and the one they look at; that is no N+1."""
    settings.ZEAL_ALLOWLIST = [{"model": "accounts.User"}]
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "a-secret"))
    return client


def _address(model: type[Model], page: str, *args: Any) -> str:
    from django.urls import reverse

    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def _get(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_every_model_of_ours_is_in_the_admin(model: type[Model]) -> None:
    assert model in REGISTERED or not model._meta.managed


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_its_pages_take_few_queries(model: type[Model], staff: Client) -> None:
    made: dict[type[Model], Model] = {}
    rows = [a_row(model, number, made) for number in range(1, 4)]
    assert _get(staff, _address(model, "changelist")) <= QUERIES_AT_MOST
    assert _get(staff, _address(model, "change", rows[0].pk)) <= QUERIES_AT_MOST
    search = _address(model, "changelist") + "?q=a\0b"
    assert staff.get(search.replace("\0", "")).status_code == 200


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_no_page_counts_or_lists_a_whole_table(model: type[Model]) -> None:
    table = admin.site._registry[model]
    assert table.show_full_result_count is False
    assert table.paginator is not Paginator
    assert table.date_hierarchy is None
    related = {name for name in table.list_filter if isinstance(name, str)}
    assert not {"user", "content", "category", "scan", "page"} & related


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_what_learners_own_can_only_be_looked_at(model: type[Model], staff: Client) -> None:
    if model is User:
        return
    row = a_row(model, 1, {})
    assert staff.get(_address(model, "add")).status_code == 403
    assert staff.post(_address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert staff.post(_address(model, "change", row.pk), {}).status_code == 403


def test_staff_may_add_and_disable_a_learner(staff: Client) -> None:
    fields = {"email": "new@example.com", "password1": "a-long-secret-1", "password2": ""}
    fields["password2"] = fields["password1"]
    assert staff.post(_address(User, "add"), fields).status_code == 302
    user = User.objects.get(email="new@example.com")
    assert user.check_password("a-long-secret-1")
    address = _address(User, "change", user.pk)
    form = staff.get(address).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    staff.post(address, {k: v for k, v in shown.items() if v and k != "is_active"})
    user.refresh_from_db()
    assert user.is_active is False


def test_leafing_stops_at_the_cap(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_tables, "COUNT_AT_MOST", 2)
    for name in "abc":
        make.category(alice, name)
    pages = admin_tables.CappedPaginator(type(make.category(alice, "d")).objects.order_by("pk"), 1)
    assert (pages.count, pages.num_pages) == (2, 2)


def test_who_is_not_staff_sees_the_log_in_page(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    assert client.get("/admin/review/content/").status_code == 302
    page = client.get("/admin/login/")
    assert page.status_code == 200
    assert b"Resee" in page.content
