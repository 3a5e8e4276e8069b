"""Long work over HTTP and in the admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from config.celery import app
from config.jobs import leases
from config.jobs.models import Job
from tests.client import ApiClient


def _job(user: User, **fields: Any) -> Job:
    return Job.objects.create(task="tests.tasks.work", user=user, **fields)


def test_a_job_tells_how_far_it_is(api: ApiClient, alice: User) -> None:
    job = _job(alice)
    lease = leases.claim(job_id=job.public_id, now=timezone.now())
    assert lease
    leases.report(lease=lease, stage="note 500 of 900", percent=55, now=timezone.now())
    answer = api.get(f"/jobs/{job.public_id}/").json()
    assert answer == {
        "id": str(job.public_id),
        "kind": "tests.work",
        "state": "running",
        "stage": "note 500 of 900",
        "percent": 55,
        "attempts": 1,
        "result": None,
        "error": None,
        "created_at": answer["created_at"],
        "finished_at": None,
    }


def test_a_job_that_ended_well_has_its_result(api: ApiClient, alice: User) -> None:
    job = _job(alice)
    lease = leases.claim(job_id=job.public_id, now=timezone.now())
    assert lease
    leases.finish(lease=lease, now=timezone.now(), result={"notes": 900})
    answer = api.get(f"/jobs/{job.public_id}/").json()
    assert (answer["state"], answer["percent"], answer["result"]) == (
        "succeeded", 100, {"notes": 900},
    )  # fmt: skip


def test_a_failed_job_says_why(api: ApiClient, alice: User) -> None:
    job = _job(alice, state=Job.State.FAILED, error_code="damaged", error_detail="It is damaged.")
    answer = api.get(f"/jobs/{job.public_id}/").json()
    assert answer["error"] == {"code": "damaged", "detail": "It is damaged."}


def test_a_learner_sees_her_own_jobs_newest_first(
    api: ApiClient, bobs_api: ApiClient, alice: User
) -> None:
    jobs = [_job(alice) for _ in range(3)]
    listed = [row["id"] for row in api.get("/jobs/").json()["results"]]
    assert listed == [str(job.public_id) for job in reversed(jobs)]
    assert bobs_api.get("/jobs/").json()["results"] == []
    refused = bobs_api.get(f"/jobs/{jobs[0].public_id}/")
    assert (refused.status_code, refused.json()["code"]) == (404, "job_not_found")


@pytest.fixture
def admin_client(db: Any) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "a-secret"))
    return client


def test_the_admin_replays_what_failed(
    admin_client: Client,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(app, "send_task", lambda _, *, kwargs, **__: sent.append(kwargs["job_id"]))
    failed = _job(alice, state=Job.State.FAILED, attempts=3, error_code="attempts_exhausted")
    ended = _job(alice, state=Job.State.SUCCEEDED)
    chosen = {"action": "replay_failed", "_selected_action": [failed.pk, ended.pk]}
    with django_capture_on_commit_callbacks(execute=True):
        assert admin_client.post("/admin/jobs/job/", chosen).status_code == 302
    failed.refresh_from_db()
    ended.refresh_from_db()
    assert (failed.state, failed.attempts, failed.error_code) == ("queued", 0, "")
    assert ended.state == Job.State.SUCCEEDED
    assert sent == [str(failed.public_id)]
