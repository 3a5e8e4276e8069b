"""The admin's first page, its actions, and the code it asks for on servers."""

import base64
import csv
import hmac
import struct
import time
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.queries.learners import learner_of
from accounts.roles import Role
from config.api import keys
from config.jobs.models import Job
from config.operations import dashboard
from exams.commands.exams import ExamWish, make_exam
from exams.models import Question
from exams.validation import Kind
from review import tasks
from tests import make
from tests.client import ApiClient
from tests.ocr.scans import read_scan
from tests.review.cards import card, review
from tests.review.folding import catch_up

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


def _in(role: Role) -> Client:
    client = Client()
    client.force_login(make.user(f"{role}@example.com", role=role.value, is_staff=True))
    return client


def _act(client: Client, model: str, action: str, *keys_: Any) -> Any:
    data = {"action": action, "_selected_action": keys_}
    return client.post(reverse(f"admin:{model}_changelist"), data)


def test_the_first_page_draws_what_there_is_and_survives_what_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scan = read_scan(make.user(), {"apple": "A1"})
    Job.objects.filter(pk=scan.job_id).update(state=Job.State.FAILED)

    def broken() -> dashboard.Panel:
        raise ConnectionError

    panels = {**dashboard._panels, "z_broken_part": broken}
    monkeypatch.setattr(dashboard, "_panels", panels)
    page = _in(Role.SUPPORT).get("/admin/").content.decode()
    for title in (
        "Active learners a day", "Reviews a day", "Tasks waiting in queues", "Breakers",
        "Ages of the read models", "Failed scans a day", "z broken part",
    ):  # fmt: skip
        assert title in page
    assert page.count("not available now") == 1
    assert f"<title>{timezone.now():%d %b}: 1</title>" in page


@pytest.mark.django_db(transaction=True)
def test_the_days_end_with_the_newest_that_anybody_lives_in() -> None:
    newest = timezone.now().astimezone(ZoneInfo("Pacific/Kiritimati"))
    user = make.user(time_zone="Pacific/Kiritimati", rollover_hour=0)
    review(learner_of(user), card(learner_of(user), now=newest), at=newest)
    catch_up()
    assert (
        f"<title>{newest:%d %b}: 1</title>"
        in dashboard._drawn("b", dashboard._panels["b_reviews"])["picture"]
    )


def test_labels_are_no_markup() -> None:
    bars = [dashboard.Bar("<script>", 1), dashboard.Bar("b", 0)]
    for drawn in (dashboard.columns(bars), dashboard.lines(bars)):
        assert "<script>" not in drawn
        assert "&lt;script&gt;" in drawn


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_admins_export_every_table_without_secrets(model: Any) -> None:
    table = admin.site._registry[model]
    assert "export_csv" in list(table.actions or ())
    assert table.search_fields or model._meta.label == "review.ReadModelWatermark"


def test_an_export_holds_what_was_chosen_and_is_for_admins() -> None:
    user = make.user("=1+1@example.com", name="=cmd()")
    make.user("other@example.com")
    answer = _act(_in(Role.ADMIN), "accounts_user", "export_csv", user.pk)
    (row,) = csv.DictReader(b"".join(answer.streaming_content).decode().splitlines())
    assert (row["email"], row["name"]) == ("'=1+1@example.com", "'=cmd()")
    assert "password" not in row
    assert not _act(_in(Role.SUPPORT), "accounts_user", "export_csv", user.pk).streaming


def test_sessions_tokens_and_keys_are_revoked_but_not_those_who_stand_higher() -> None:
    user, boss = make.user("a@example.com"), User.objects.create_superuser("boss@example.com")
    api, bosses = ApiClient(user), ApiClient(boss)
    _, key = keys.create_key(
        user_id=user.pk, name="k", scopes=["me:read"], expires_at=None, now=timezone.now()
    )
    assert _act(_in(Role.SUPPORT), "accounts_user", "log_out", user.pk, boss.pk).status_code == 302
    assert api.get("/me/").status_code == 401
    script = Client(headers={"authorization": f"ApiKey {key}"})
    assert script.get("/api/v1/me/").status_code == 401
    assert bosses.get("/me/").status_code == 200


def test_failed_scans_are_read_again() -> None:
    failed, done = (read_scan(make.user(f"{n}@example.com"), {"apple": "A1"}) for n in "ab")
    Job.objects.filter(pk=failed.job_id).update(state=Job.State.FAILED)
    assert _act(_in(Role.SUPPORT), "ocr_scan", "retry", failed.pk, done.pk).status_code == 302
    assert set(Job.objects.values_list("state", flat=True)) == {"queued", "succeeded"}


def test_a_question_is_withdrawn_by_staff() -> None:
    learner = learner_of(make.user())
    card(learner, "zebra", timezone.now() - timedelta(days=1))
    wish = ExamWish(size=1, minutes=10, kinds=[Kind.TYPING], choice="all")
    make_exam(learner=learner, wish=wish, now=timezone.now())
    question = Question.objects.get()
    for _ in range(2):
        _act(_in(Role.SUPPORT) if not question.withdrawn_at else Client(), "exams_question",
             "withdraw", question.pk)  # fmt: skip
        question.refresh_from_db()
        assert question.withdrawn_at


def test_read_models_are_rebuilt_by_admins_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(tasks.rebuild, "delay", lambda: asked.append(True))
    for role in (Role.SUPPORT, Role.ADMIN):
        _act(_in(role), "review_readmodelwatermark", "rebuild", 1)
    assert asked == [True]
    tasks.rebuild()


def _code(shift: int = 0) -> str:
    counter = struct.pack(">Q", int(time.time()) // 30 + shift)
    digest = hmac.digest(base64.b32decode(SECRET), counter, "sha1")
    number: int = struct.unpack(">I", digest[(at := digest[19] & 15) : at + 4])[0]
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def test_on_servers_the_admin_asks_for_a_code(settings: Any) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    staff = User.objects.create_superuser("boss@example.com", "a long password")
    login = {"username": staff.email, "password": "a long password"}
    client = Client()

    def opens(code: str) -> bool:
        client.post("/admin/login/?next=/admin/", {**login, "code": code})
        return client.get("/admin/").status_code == 200

    assert "one-time-code" in client.get("/admin/login/").content.decode()
    assert not opens("")
    data = {"secret": get_adapter().encrypt(SECRET)}
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data=data)
    assert not opens("000000")
    assert opens(_code())
    other = Client()
    other.force_login(staff)  # a session from elsewhere
    assert other.get("/admin/")["Location"] == "/admin/login/"
    assert other.get("/admin/login/").status_code == 200
    client.post("/admin/logout/")
    assert not opens(_code())  # a code is good once
    assert not any(opens("000000") for _ in range(4))
    assert not opens(_code(1))  # and no more tries this minute


def test_the_embedded_default_asks_for_a_password_alone() -> None:
    staff = User.objects.create_superuser("boss@example.com", "a long password")
    client = Client()
    assert "one-time-code" not in client.get("/admin/login/").content.decode()
    client.post("/admin/login/", {"username": staff.email, "password": "a long password"})
    assert client.get("/admin/").status_code == 200
