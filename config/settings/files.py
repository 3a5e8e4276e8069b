"""Where uploaded files are: on the disk, or in S3-compatible storage."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SPREADSHEET_APPS = ("unfold.contrib.import_export", "import_export")  # tables in the admin


def file_storage(url: str) -> dict[str, Any]:
    """Return Django's storage settings: the disk, or S3 by ``s3://KEY:SECRET@host:port/bucket``.

    The query may name a region and say ``tls=0``. ``s3://bucket`` is a bucket at AWS, with the
    credentials that its own tools find. ValueError for any other URL.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise ValueError("STORAGE_URL must be s3://KEY:SECRET@host:port/bucket or s3://bucket")
    query = dict(parse_qsl(parts.query))
    options = {
        "bucket_name": parts.path.strip("/") or parts.hostname,
        "region_name": query.get("region"),
        "default_acl": None,
        "file_overwrite": True,  # a name stands for one content
    }
    if parts.path.strip("/"):
        scheme = "http" if query.get("tls") == "0" else "https"
        options["endpoint_url"] = f"{scheme}://{parts.netloc.rpartition('@')[2]}"
    if parts.username:
        options |= {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password or ""),
        }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
