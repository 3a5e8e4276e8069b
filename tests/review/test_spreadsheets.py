"""Spreadsheets in the admin: out without formulas, in through the commands."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from review.models import Content, ReviewSchedule
from tests import make

ADDRESS = "/admin/review/content/"


@pytest.fixture
def admin(db: Any) -> Client:
    return _signed_in(Role.ADMIN)


def _signed_in(role: Role) -> Client:
    user = make.user(f"{role}@example.com", role=role.value, is_staff=True)
    client = Client()
    client.force_login(user)
    return client


def test_a_spreadsheet_goes_out_without_formulas(admin: Client, alice: User) -> None:
    make.content(alice, front="=SUM(1)", tags=["a", "b"])
    names = ("learner", "category", "front", "back", "gloss", "example", "tags")
    wanted = {f"contentspreadsheet_{name}": "on" for name in names}
    page: Any = admin.get(f"{ADDRESS}export/")
    (xlsx,) = [key for key, name in page.context["form"].fields["format"].choices if name == "xlsx"]
    answer: Any = admin.post(f"{ADDRESS}export/", {"format": xlsx, "resource": "0", **wanted})
    assert answer.status_code == 200
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0] == names
    assert rows[1][:3] == (alice.email, "Words", "'=SUM(1)")


def test_a_spreadsheet_comes_in_as_cards(admin: Client, alice: User) -> None:
    text = f"learner,category,front,back,gloss,example,tags\n{alice.email},A::B,apple,fruit,,,x y\n"
    file = SimpleUploadedFile("t.csv", text.encode())
    seen: Any = admin.post(
        f"{ADDRESS}import/", {"format": "0", "resource": "", "import_file": file}
    )
    assert seen.status_code == 200
    assert not Content.objects.exists()  # only looked at
    form = seen.context["confirm_form"].initial
    done: Any = admin.post(f"{ADDRESS}process_import/", form)
    assert done.status_code == 302
    content = Content.objects.select_related("category").get()
    assert (content.user_id, content.front, content.tags) == (alice.pk, "apple", ["x", "y"])
    assert ReviewSchedule.objects.filter(content=content).exists()


def test_support_takes_nothing_in(db: Any) -> None:
    assert _signed_in(Role.SUPPORT).get(f"{ADDRESS}import/").status_code == 403
