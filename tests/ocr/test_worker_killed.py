"""A worker is killed in the middle of a scan: the scan ends all the same, once."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from accounts.queries.learners import learner_of
from config.celery import app
from config.jobs import dispatch
from config.jobs.models import Job
from config.settings import home
from ocr.models import Page, Scan
from tests import make
from tests.ocr import images, pdfs
from tests.ocr.conftest import Serve, sent
from tests.ocr_server import Answer, fake_reading

BROKER = f"redis+socket://{home.valkey_socket()}?virtual_host=9"  # nobody else's queues

pytestmark = [
    pytest.mark.xdist_group("ocr"),
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def files_and_queues_the_worker_sees(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Files on disk, queues of our own."""
    on_disk = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = settings.STORAGES | {"default": on_disk}
    with app.connection_for_write(BROKER) as broker:
        monkeypatch.setattr(app, "send_task", partial(app.send_task, connection=broker))
        yield


@contextmanager
def worker(tmp_path: Path, model_server: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A real worker of the queue ocr, with its children in a process group of their own."""
    database, sockets = connection.settings_dict["NAME"], quote(str(home.postgres_socket_dir()), "")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "DATABASE_URL": f"postgres://resee@{sockets}/{database}",
        "CELERY_BROKER_URL": BROKER,
        "OCR_MODEL_SERVER_URL": model_server,
        "MEDIA_ROOT": str(tmp_path),
    }
    options = ["--queues", "ocr", "--concurrency", "1", "--without-gossip", "--without-mingle"]
    with (tmp_path / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "config.celery", "worker", *options],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill -9 the worker with its children."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def wait_until(is_so: Callable[[], bool], tmp_path: Path) -> None:
    deadline = time.monotonic() + 100
    while not is_so():
        assert time.monotonic() < deadline, (tmp_path / "worker.log").read_text()[-3000:]
        time.sleep(0.1)


def test_a_killed_workers_scan_is_read_by_the_next(
    serve: Serve, settings: Any, tmp_path: Path
) -> None:
    asked: list[int] = []
    killed = threading.Event()

    def answer(_: bytes) -> Answer:
        asked.append(len(asked))
        if len(asked) > 1:
            killed.wait(60)
        return fake_reading("He was reluctant.")

    serve(answer)
    pages = [images.drawn((300, 400)) for _ in range(3)]
    scan = sent(learner_of(make.user()), pdfs.scanned_pdf(*pages))
    with worker(tmp_path, settings.OCR_MODEL_SERVER_URL) as first:
        wait_until(lambda: len(asked) == 2, tmp_path)
        kill(first)
    killed.set()
    assert (state(scan), Page.objects.count()) == ("running", 1)
    dispatch.reconcile(now=timezone.now() + timedelta(seconds=dispatch.SILENT_SECONDS + 1))
    with worker(tmp_path, settings.OCR_MODEL_SERVER_URL):
        wait_until(lambda: state(scan) == Job.State.SUCCEEDED, tmp_path)
    assert list(Page.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert len(asked) == 4  # the page that was read before is not read again
    assert Job.objects.get().attempts == 2


def state(scan: Scan) -> str:
    return Job.objects.get(pk=scan.job_id).state
