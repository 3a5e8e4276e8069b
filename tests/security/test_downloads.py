"""What is sent back of what was uploaded."""

import pytest

from accounts.models import User
from ocr import storage
from ocr.models import Scan
from tests.client import ApiClient
from tests.ocr import images
from tests.ocr.scans import read_scan


@pytest.mark.asvs("5.4.1", "the stored name, as an attachment that no browser renders")
@pytest.mark.asvs("5.4.2", "as RFC 6266 has it")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ('a".html', 'attachment; filename="a\\".html"'),
        ("쪽.png", "attachment; filename*=utf-8''%EC%AA%BD.png"),
        ("a\r\nX-Evil: 1.png", "attachment; filename*=utf-8''a%0D%0AX-Evil%3A%201.png"),
        ("a; filename=b.exe", 'attachment; filename="a; filename=b.exe"'),
    ],
)
def test_a_name_does_not_leave_its_header(
    name: str, said: str, api: ApiClient, alice: User
) -> None:
    scan = read_scan(alice, {"word": "A1"})
    storage.keep(images.png(), str(scan.file))
    Scan.objects.filter(pk=scan.pk).update(file_name=name)
    answer = api.get(f"/scans/{scan.public_id}/original/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == said
    assert "X-Evil" not in answer.headers
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
