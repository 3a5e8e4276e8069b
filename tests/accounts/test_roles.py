"""Roles: what each may do in the admin, and that what staff do is kept."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role, may
from tests import make
from tests.client import ApiClient

UserChange: Any = User._meta.apps.get_model("accounts", "UserChange")
ContentChange: Any = User._meta.apps.get_model("review", "ContentChange")


@pytest.fixture(autouse=True)
def _two_users_a_page(settings: Any) -> None:
    settings.ZEAL_ALLOWLIST = [{"model": "accounts.User"}]  # who looks, and whom they look at


def _staff(role: Role) -> Client:
    client = Client()
    address = f"{role}@example.com"
    client.force_login(make.user(address, role=role.value, is_staff=role.is_staff))
    return client


def _page(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def _form(client: Client, user: User, **changes: Any) -> Any:
    """Send the change form as it is shown, but for the changes."""
    form = client.get(_page(user)).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    fields = {name: value for name, value in (shown | changes).items() if value}
    return client.post(_page(user), fields)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.LEARNER, Role.TEACHER])
def test_who_is_not_staff_does_not_come_in(role: Role) -> None:
    assert _staff(role).get("/admin/").status_code == 302
    named = [f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.all()]
    user = User.objects.get()
    user.is_staff = True  # even if somebody had ticked it
    assert not any(user.has_perm(name) for name in named)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ADMIN])
def test_nobody_deletes_and_learners_things_are_looked_at(role: Role, alice: User) -> None:
    named = [f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.all()]
    allowed = {name for name in named if may(role, name)}
    changing = {name for name in allowed if not name.partition(".")[2].startswith("view_")}
    added = {"accounts.add_user", "exams.add_levelitem", "review.change_readmodelwatermark"}
    more = added if role is Role.ADMIN else set()
    decided = {"exams.change_appeal", "exams.change_question", "ocr.change_scan"}
    assert changing == {"accounts.change_user"} | decided | more
    assert "review.view_content" in allowed
    assert ("accounts.view_userchange" in allowed) == (role is Role.ADMIN)


@pytest.mark.asvs("8.2.3", "what a role may only look at cannot be sent")
def test_support_disables_a_learner_and_changes_nothing_else(alice: User) -> None:
    support = _staff(Role.SUPPORT)
    _form(support, alice, email="mine@example.com", role="admin", is_superuser="on", is_active="")
    alice.refresh_from_db()
    assert (alice.email, alice.role, alice.is_superuser) == ("alice@example.com", "learner", False)
    assert alice.is_active is False
    password = reverse("admin:auth_user_password_change", args=[alice.pk])
    assert support.post(password, {"password1": "x", "password2": "x"}).status_code == 403
    assert support.get(reverse("admin:accounts_user_add")).status_code == 403


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ADMIN])
@pytest.mark.asvs("8.2.1", "no role gives itself more")
def test_nobody_raises_themselves(role: Role, db: Any) -> None:
    client = _staff(role)
    me = User.objects.get()
    answer = client.post(_page(me), {"email": me.email, "role": "admin", "is_superuser": "on"})
    me.refresh_from_db()
    assert not me.is_superuser
    assert me.role == role
    assert role is Role.ADMIN or answer.status_code == 403


def test_a_superuser_is_changed_by_superusers_alone(db: Any) -> None:
    top = User.objects.create_superuser("top@example.com", "a-secret")
    admin = _staff(Role.ADMIN)
    assert admin.post(_page(top), {"email": "x@example.com"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[top.pk])
    assert admin.post(password, {"password1": "x", "password2": "x"}).status_code == 403


def test_an_admin_gives_a_role_and_it_opens_the_admin(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    assert client.get("/admin/").status_code == 302
    admin = _staff(Role.ADMIN)
    assert _form(admin, alice, role="support").status_code == 302
    alice.refresh_from_db()
    assert (alice.role, alice.is_staff) == ("support", True)
    assert client.get("/admin/").status_code == 200
    _form(admin, alice, role="teacher")
    alice.refresh_from_db()
    assert alice.is_staff is False


@pytest.mark.asvs("16.2.1", "changes by staff are kept with who, when and from where")
def test_what_staff_do_is_kept_with_who_and_when(alice: User) -> None:
    _form(_staff(Role.ADMIN), alice, role="support", name="Alice B.")
    (change,) = UserChange.objects.filter(pgh_obj=alice)
    assert (change.pgh_label, change.role, change.name) == ("changed", "support", "Alice B.")
    assert change.pgh_context["email"] == "admin@example.com"
    assert change.pgh_context["address"] == _page(alice)
    assert not hasattr(change, "password")
    page = _staff(Role.SUPPORT).get("/admin/accounts/userchange/")
    assert page.status_code == 403
    admin = Client()
    admin.force_login(User.objects.get(email="admin@example.com"))
    shown = admin.get("/admin/accounts/userchange/").content.decode()
    assert "Alice B." in shown
    assert "admin@example.com" in shown


@pytest.mark.django_db(transaction=True)
def test_a_learners_own_edits_are_not_kept() -> None:
    alice = make.user("alice@example.com")
    _form(_staff(Role.ADMIN), alice, name="Alice")
    api = ApiClient(alice)
    api.patch("/me/", {"name": "Me"})
    content = make.content(alice)
    api.patch(f"/contents/{content.public_id}/", {"front": "pear"})
    assert UserChange.objects.count() == 1
    assert not ContentChange.objects.exists()


@pytest.mark.asvs("16.4.2", "the audit is append-only in the database")
def test_the_audit_cannot_be_rewritten(alice: User) -> None:
    _form(_staff(Role.ADMIN), alice, name="Alice")
    rows = UserChange.objects.all()
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        rows.update(pgh_label="x")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        rows.delete()


def test_a_change_of_a_card_from_the_admin_would_be_kept(alice: User) -> None:
    import pghistory

    content = make.content(alice)
    with pghistory.context(user=1, email="admin@example.com"):
        content.front = "pear"
        content.save()
        content.category.name = "Fruit"
        content.category.save()
    change = ContentChange.objects.get()
    assert (change.front, change.pgh_context["email"]) == ("pear", "admin@example.com")
    assert User._meta.apps.get_model("review", "CategoryChange").objects.get().name == "Fruit"
