"""The picture, wishes about mail, and the summary of a learner's own page."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.commands import avatars
from accounts.models import Avatar, User
from accounts.queries.learners import learner_of
from config.jobs.models import Job
from tests.client import ApiClient
from tests.ocr import images
from tests.review.cards import card, review

SIZES = [64, 160, 512]


def _send(api: ApiClient, data: bytes) -> Any:
    return api.upload("/me/avatar/", file=SimpleUploadedFile("me.png", data))


def _make(answer: Any) -> Job:
    job = Job.objects.get(public_id=answer.json()["job"])
    version = UUID(job.arguments["version"])
    avatars.make_avatar(job_id=job.public_id, version=version, clock=timezone.now)
    job.refresh_from_db()
    return job


def test_a_picture_is_shown_in_three_sizes(api: ApiClient, bobs_api: ApiClient) -> None:
    answer = _send(api, images.png())
    assert answer.status_code == 202
    assert api.get("/me/avatar/").json()["sizes"] == []
    assert _make(answer).state == Job.State.SUCCEEDED
    assert api.get("/me/avatar/").json() | {"uploaded_at": ""} == {
        "sizes": SIZES, "job": None, "uploaded_at": "",
    }  # fmt: skip
    for size in SIZES:
        with Image.open(io.BytesIO(api.get(f"/me/avatar/{size}/").content)) as image:
            assert (image.size, image.format, dict(image.getexif())) == ((size, size), "WEBP", {})
    assert api.get("/me/avatar/65/").status_code == 404
    assert bobs_api.get("/me/avatar/64/").status_code == 404


def test_the_next_picture_and_its_removal_leave_no_file(
    api: ApiClient, django_capture_on_commit_callbacks: Any
) -> None:
    kept: set[str] = set()
    for _ in range(2):
        sent = _send(api, images.png())
        with django_capture_on_commit_callbacks(execute=True):
            _make(sent)
        row = Avatar.objects.get()
        now = {str(getattr(row, field)) for field in ("small", "medium", "large")}
        assert all(default_storage.exists(name) for name in now)
        assert not any(default_storage.exists(name) for name in kept)
        kept = now
        assert not row.upload
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete("/me/avatar/").status_code == 204
    assert not any(default_storage.exists(name) for name in kept)
    assert api.delete("/me/avatar/").status_code == 204


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", images.png()[:60]])
def test_what_is_no_picture_is_refused_or_fails_with_a_reason(api: ApiClient, data: bytes) -> None:
    answer = _send(api, data)
    if answer.status_code == 202:
        assert _make(answer).error_code == "unsupported_picture"
    else:
        assert (answer.status_code, answer.json()["code"]) == (422, "unsupported_picture")


def test_wishes_about_mail_are_kept(api: ApiClient, bobs_api: ApiClient) -> None:
    both = {"is_reminded": True, "has_weekly_report": True}
    assert api.get("/me/notifications/").json() == both
    changed = api.patch("/me/notifications/", {"is_reminded": False})
    assert changed.json() == api.get("/me/notifications/").json() == both | {"is_reminded": False}
    assert bobs_api.get("/me/notifications/").json() == both


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("daily_goal", 30, 0),
        ("reminder_hour", None, 24),
        ("reminder_hour", 7, -1),
        ("desired_retention", 0.85, 0.5),
    ],
)
def test_goals_are_changed_within_their_bounds(
    api: ApiClient, field: str, good: Any, bad: Any
) -> None:
    assert api.patch("/me/", {field: good}).json()[field] == good
    answer = api.patch("/me/", {field: bad})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert api.get("/me/").json()[field] == good


def test_the_retention_is_that_of_the_cards(api: ApiClient) -> None:
    api.patch("/me/", {"desired_retention": 0.8})
    assert api.get("/scheduling/").json()["desired_retention"] == 0.8


def test_the_summary_counts_the_last_answer(api: ApiClient, alice: User) -> None:
    now = timezone.now()
    learner = learner_of(alice)
    word = card(learner, "apple", now - timedelta(days=1))
    api.patch("/me/", {"daily_goal": 1})
    before = api.get("/me/summary/").json()
    assert (before["due_now"], before["is_goal_reached"], before["streak_days"]) == (1, False, 0)
    review(learner, word, at=now)
    after = api.get("/me/summary/").json()
    assert (after["reviewed_today"], after["is_goal_reached"], after["streak_days"]) == (1, True, 1)
    assert (len(after["days"]), after["active_days"], after["card_count"]) == (84, 1, 1)
