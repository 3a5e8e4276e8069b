"""What learners type and photograph is data: it is stored as it came, and runs nowhere."""

import ast
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from review.models import Content
from tests import make
from tests.architecture import tree
from tests.client import ApiClient
from tests.ocr import images
from tests.ocr.scans import read_scan

CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "'-alert(1)-'",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "</textarea><script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "+cmd|' /C calc'!A0",
]
# The only modules that ask other machines: the model servers of the operator.
ASKING = {
    "ocr/model_client.py",
    "config/demo/client.py",
    "config/embedded/korean.py",
    "config/embedded/programs.py",
    "config/ai/llm_server.py",
    "config/ai/providers.py",
}
_NETWORK = {"httpx", "requests", "urllib.request", "aiohttp", "http.client", "urllib3"}


@pytest.fixture
def staff(db: Any, settings: Any) -> Client:
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "a-secret"))
    return client


@pytest.mark.parametrize("text", CORPUS)
@pytest.mark.asvs("1.2.1", "text is stored as it came and escaped where a page shows it")
@pytest.mark.asvs("1.2.2", "a text is never made a link, whatever its protocol")
@pytest.mark.asvs("1.2.3", "JSON is written by orjson alone")
@pytest.mark.asvs("1.3.1", "no field takes HTML: it is text like any other")
@pytest.mark.asvs("1.3.7", "templates are files; text that looks like one stays text")
@pytest.mark.asvs("3.2.2", "pages are written by Django's escaping templates")
@pytest.mark.asvs(
    "LLM 3", "text that was read from a page is stored and shown as a learner's own is"
)
def test_text_comes_back_as_it_was_sent_and_runs_in_no_page(
    text: str, api: ApiClient, alice: User, staff: Client
) -> None:
    api.patch("/me/", {"name": text})
    category = api.post("/categories/", {"name": text}).json()
    made = api.post(
        "/contents/",
        {"front": text, "back": text, "example": text, "tags": [text], "category": category["id"]},
    ).json()
    scan = read_scan(alice, {text: "A1"})
    assert api.get("/me/").json()["name"] == category["name"] == text
    read = api.get(f"/contents/{made['id']}/")
    assert (read.json()["front"], read.json()["back"], read.json()["tags"]) == (text, text, [text])
    assert read["Content-Type"] == "application/json"
    assert api.get(f"/scans/{scan.public_id}/").json()["words"][0]["lemma"] == text
    for place in ("accounts/user", "review/category", "review/content", "ocr/textline"):
        page = staff.get(f"/admin/{place}/").content.decode()
        assert escape(text) in page, place
        assert ("<" in text and text in page) is False, place
        assert f'href="{escape(text)}' not in page, place
    page = staff.get(f"/admin/review/content/{Content.objects.get().pk}/change/").content.decode()
    assert escape(text) in page
    assert ("<" in text and text in page) is False


@pytest.mark.asvs(
    "1.3.6",
    "the modules that call other machines are a list, and take their addresses from settings",
)
@pytest.mark.asvs("13.2.4", "settings name every server that is called")
def test_no_address_from_input_is_ever_fetched(api: ApiClient, alice: User) -> None:
    assert _modules_importing(_NETWORK) <= ASKING
    category = make.category(alice)
    card = {"front": "a", "back": "http://169.254.169.254/", "category": str(category.public_id)}
    assert api.post("/contents/", card).status_code == 201  # a text like any other


def _modules_importing(names: set[str]) -> set[str]:
    found = set()
    for folder in ("accounts", "config", "ocr", "review"):
        for path in (tree.ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                imported = []
                if isinstance(node, ast.Import):
                    imported = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    imported = [node.module or ""]
                if names & {*imported, *(name.partition(".")[0] for name in imported)}:
                    found.add(str(path.relative_to(tree.ROOT)))
    return found


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.png", b"<script>alert(1)</script>"),
        ("page.png", b"<?php system('id'); ?>"),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("page.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        ("page.png", b"MZ" + b"\0" * 100),
        ("page.png", b""),
        ("page.png", b"PK\x03\x04" + b"\0" * 100),
        ("page.html", b"GIF89a/*<script>alert(1)</script>*/"),
        ("page.png", b"%!PS-Adobe\n(page) run"),
    ],
)
@pytest.mark.asvs("1.3.4", "SVG is refused: pictures are JPEG, PNG, WebP and TIFF")
@pytest.mark.asvs("5.2.2", "the first bytes decide, then the decoder")
def test_what_is_no_picture_is_refused(name: str, data: bytes, api: ApiClient) -> None:
    answer = api.upload("/scans/", file=SimpleUploadedFile(name, data, "image/png"))
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b.png", "/etc/passwd", "x" * 300 + ".png"]
)
@pytest.mark.asvs("5.3.2", "files are stored under the hash of their content")
def test_a_files_name_is_no_path(name: str, api: ApiClient) -> None:
    answer = api.upload("/scans/", file=SimpleUploadedFile(name, images.png()))
    assert answer.status_code in {202, 400, 422}
    if answer.status_code == 202:
        assert "/" not in api.get(f"/scans/{answer.json()['id']}/").json()["file_name"]
