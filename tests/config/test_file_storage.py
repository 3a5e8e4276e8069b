"""One URL says where uploaded files are."""

import pytest
from storages.backends.s3 import S3Storage

from config.settings.files import file_storage


def test_without_a_url_files_are_on_the_disk() -> None:
    assert file_storage("")["BACKEND"].endswith("FileSystemStorage")


@pytest.mark.parametrize(
    ("url", "bucket", "endpoint", "key"),
    [
        ("s3://k%2F1:s@files.local:9000/pages?tls=0", "pages", "http://files.local:9000", "k/1"),
        ("s3://key:secret@files.local/pages", "pages", "https://files.local", "key"),
        ("s3://pages?region=eu-west-1", "pages", None, None),
    ],
)
def test_a_url_names_a_bucket(url: str, bucket: str, endpoint: str | None, key: str | None) -> None:
    storage = S3Storage(**file_storage(url)["OPTIONS"])  # refuses options it does not know
    assert (storage.bucket_name, storage.endpoint_url, storage.access_key) == (
        bucket,
        endpoint,
        key,
    )


@pytest.mark.parametrize("url", ["http://files.local/pages", "s3://", "pages"])
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="STORAGE_URL"):
        file_storage(url)
