"""The item bank goes out of the admin and into it as CSV."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from exams.models import LevelItem
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_count_of_reads(settings: Any) -> None:
    """Rows are looked up one by one here, which is the library's way."""
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]


def _client(role: Role) -> Client:
    client = Client()
    client.force_login(make.user(f"{role.value}@example.com", role=role.value, is_staff=True))
    return client


@pytest.fixture
def admin_client() -> Client:
    return _client(Role.ADMIN)


def _exported(client: Client) -> list[dict[str, str]]:
    page = client.get(reverse("admin:exams_levelitem_export"))
    names = {n: "on" for n in page.context["form"].fields if n.startswith("levelitemresource_")}
    body = {"format": "0", "resource": "", **names}
    answer = client.post(reverse("admin:exams_levelitem_export"), body)
    assert answer["Content-Type"] == "text/csv"
    return list(csv.DictReader(StringIO(answer.content.decode())))


def _bring_in(client: Client, rows: list[dict[str, str]]) -> Any:
    text = StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    file = SimpleUploadedFile("items.csv", text.getvalue().encode(), "text/csv")
    answer: Any = client.post(
        reverse("admin:exams_levelitem_import"), {"format": "0", "import_file": file}
    )
    confirm = answer.context and answer.context.get("confirm_form")
    if confirm is None:
        return answer
    return client.post(reverse("admin:exams_levelitem_process_import"), confirm.initial)


def _bank() -> dict[str, dict[str, Any]]:
    """What is stored, by code; keys of the database left out."""
    names = [field.name for field in LevelItem._meta.fields if field.name != "id"]
    return {item.code: {n: getattr(item, n) for n in names} for item in LevelItem.objects.all()}


def test_what_goes_out_comes_in_again(admin_client: Client) -> None:
    rows, before = _exported(admin_client), _bank()
    assert {row["code"] for row in rows} == before.keys()
    LevelItem.objects.filter(level="C2").delete()
    LevelItem.objects.filter(code="A1-V-01").update(stem="old", difficulty=-1.0)
    changed = [row for row in rows if row["level"] == "C2" or row["code"] == "A1-V-01"]
    assert _bring_in(admin_client, changed).status_code == 302
    before["A1-V-01"]["difficulty"] = -1.0  # what answers have shown is not brought in
    assert _bank() == before


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"b": "BREAKFAST", "a": "breakfast"}, "two options are the same"),
        ({"key": "e"}, "the key is none of a, b, c, d"),
        ({"key": ""}, "the key is none of a, b, c, d"),
        ({"level": "D1"}, "level or kind is none that there is"),
        ({"code": ""}, "there is no code"),
        ({"stem": "No gap."}, "there has to be one gap"),
    ],
)
def test_what_the_review_rejects_does_not_come_in(
    admin_client: Client, changes: dict[str, str], problem: str
) -> None:
    row = next(row for row in _exported(admin_client) if row["code"] == "A1-V-01")
    before = _bank()
    answer = _bring_in(admin_client, [row | changes])
    assert problem in answer.content.decode()
    assert _bank() == before


def test_a_withdrawn_item_and_a_new_level_come_in(admin_client: Client) -> None:
    row = next(row for row in _exported(admin_client) if row["code"] == "A1-V-01")
    assert _bring_in(admin_client, [row | {"is_withdrawn": "1", "level": "A2"}]).status_code == 302
    item = LevelItem.objects.get(code="A1-V-01")
    assert (item.is_withdrawn, item.level, item.difficulty) == (True, "A2", -1.5)


def test_support_looks_and_brings_nothing_in() -> None:
    client = _client(Role.SUPPORT)
    assert client.get(reverse("admin:exams_levelitem_changelist")).status_code == 200
    for name in ("import", "process_import"):
        assert client.post(reverse(f"admin:exams_levelitem_{name}")).status_code == 403


def test_a_learner_sees_no_item_bank(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    for name in ("changelist", "export", "import"):
        assert client.get(reverse(f"admin:exams_levelitem_{name}")).status_code == 302
