"""Packages that mean harm, and packages that are damaged: refused or sanitised, never a crash."""

import io
import json
import random
import resource
import sqlite3
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.queries.learners import Learner
from config.errors import Invalid
from config.jobs.models import Job
from config.settings import variables
from review.commands.importing import import_anki
from review.commands.imports import accept_package
from review.import_models import Import, Medium
from review.models import Category, Content, ReviewHistory
from tests.client import ApiClient
from tests.review.anki_decks import exported, fill, opened

MUTANTS = 500 if variables.text("PROOF") else 50
MEGABYTE = 1 << 20
EXPECTED = {
    "succeeded", "not_an_anki_package", "anki_package_too_large", "anki_package_too_new",
}  # fmt: skip
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[int, bytes]:
    """A small package of each generation."""
    folder = tmp_path_factory.mktemp("anki")
    with opened(folder / "a.anki2") as col:
        fill(col, 12)
        return {
            generation: exported(
                col, folder / f"{generation}.apkg", generation=generation
            ).read_bytes()
            for generation in (1, 2, 3)
        }


def members(package: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Members, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", compression) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return to.getvalue()


def outcome(learner: Learner, package: bytes) -> str:
    """Send and import; return the code of the refusal, or the job's end."""
    try:
        imported = accept_package(
            learner=learner, file=io.BytesIO(package), file_name="x.apkg", is_dry_run=False
        )
    except Invalid as error:
        return error.code
    for _ in range(50):
        job = Job.objects.get(pk=imported.job_id)
        if job.state != Job.State.QUEUED:
            return job.error_code or job.state
        import_anki(job_id=job.public_id, import_id=imported.public_id, clock=timezone.now)
    raise AssertionError("it never ended")


def refused(learner: Learner, package: bytes) -> str:
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    code = outcome(learner, package)
    spent = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert spent < 2  # seconds of CPU
    assert grown < 300  # megabytes
    for model in (Content, Category, ReviewHistory, Medium):
        assert not model.objects.exists()
    return code


def changed(package: bytes, sql: str, member: str = "collection.anki21") -> bytes:
    """The package with SQL run in its collection."""
    content = members(package)
    database = sqlite3.connect(":memory:")
    database.deserialize(content[member])
    database.executescript(sql)
    return packed({**content, member: database.serialize()})


def bomb(times: int) -> bytes:
    return b"\0" * MEGABYTE * times


def with_collection(packages: dict[int, bytes], database: bytes) -> bytes:
    return packed({**members(packages[2]), "collection.anki21": database})


def _zip_bomb(packages: dict[int, bytes]) -> bytes:
    return packed({**members(packages[2]), "collection.anki21": bomb(1100)})


def _zstd_bomb(packages: dict[int, bytes]) -> bytes:
    packer = zstandard.ZstdCompressor(level=3).compressobj()
    block = bomb(16)
    parts = [packer.compress(block) for _ in range(70)] + [packer.flush()]
    return packed({**members(packages[3]), "collection.anki21b": b"".join(parts)})


def _many(packages: dict[int, bytes]) -> bytes:
    return packed({**members(packages[2]), **{f"m{n}": b"" for n in range(100_000)}})


def _link(packages: dict[int, bytes]) -> bytes:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w") as archive:
        link = zipfile.ZipInfo("collection.anki2")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return to.getvalue()


HOSTILE: dict[str, tuple[str, Callable[[dict[int, bytes]], bytes]]] = {
    "empty": ("not_an_anki_package", lambda _: b""),
    "no zip": ("not_an_anki_package", lambda _: b"PK\x03\x04 not really"),
    "no collection": ("not_an_anki_package", lambda _: packed({"media": b"{}"})),
    "only the stub": (
        "not_an_anki_package",
        lambda p: packed({k: v for k, v in members(p[3]).items() if k != "collection.anki21b"}),
    ),
    "truncated database": (
        "not_an_anki_package",
        lambda p: with_collection(p, members(p[2])["collection.anki21"][:9000]),
    ),
    "no database": (
        "not_an_anki_package",
        lambda p: with_collection(p, b"SQLite format 3\0" + b"x" * 5000),
    ),
    "too new a schema": (
        "anki_package_too_new", lambda p: changed(p[2], "UPDATE col SET ver = 99"),
    ),
    "too new a package": (
        "anki_package_too_new", lambda p: packed({**members(p[3]), "meta": b"\x08\x09"}),
    ),
    "zip bomb": ("anki_package_too_large", _zip_bomb),
    "zstd bomb": ("anki_package_too_large", _zstd_bomb),
    "100,000 members": ("anki_package_too_large", _many),
    "a link": ("not_an_anki_package", _link),
    "a view for a table": (
        "not_an_anki_package",
        lambda p: changed(
            p[2],
            "ALTER TABLE revlog RENAME TO r; CREATE VIEW revlog AS WITH RECURSIVE n(id) AS "
            "(SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT * FROM n",
        ),
    ),
    "a trigger": (
        "not_an_anki_package",
        lambda p: changed(
            p[2], "CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END"
        ),
    ),
    "media list of another shape": (
        "not_an_anki_package", lambda p: packed({**members(p[2]), "media": b"[" * 100_000}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_means_harm_is_refused_and_leaves_nothing(
    learner: Learner, packages: dict[int, bytes], name: str
) -> None:
    code, made = HOSTILE[name]
    assert refused(learner, made(packages)) == code


def test_names_that_lead_elsewhere_lead_nowhere(
    learner: Learner, packages: dict[int, bytes], tmp_path: Path
) -> None:
    content = members(packages[2])
    listed = {"0": "../../../../tmp/evil.png", "1": "/etc/evil.png", "2": "..\\evil.png"}
    content |= {"media": json.dumps(listed).encode(), "../../evil": b"x"}
    assert outcome(learner, packed(content)) == "succeeded"
    assert not Medium.objects.exists()
    assert Import.objects.get().report["media"] == {"refused": 3}


def test_scripts_in_fields_are_taken_out(learner: Learner, packages: dict[int, bytes]) -> None:
    harm = (
        "<script>alert(1)</script><img src=x onerror=alert(1)><a href=javascript:a()>l</a><iframe>"
    )
    harm += "Robert''); DROP TABLE notes;--"
    sql = "UPDATE notes SET flds = '%s' || char(31) || flds"
    package = changed(packages[2], sql % harm)
    assert outcome(learner, package) == "succeeded"
    assert Content.objects.count() > 10
    for content in Content.objects.all():
        text = (content.front + content.back).lower()
        for word in ("<script", "onerror", "javascript:", "<iframe"):
            assert word not in text.replace("&lt;", "<_")
        assert "DROP TABLE" in content.source["anki"]["fields"][0]


def test_names_of_decks_and_note_types_are_only_names(
    learner: Learner, packages: dict[int, bytes]
) -> None:
    name = "x'); DELETE FROM notes; --\\\\ud800\\\\u0000"
    sql = """UPDATE col SET decks = replace(decks, '"Words"', '"%s"')"""
    package = changed(packages[2], sql % name.replace("'", "''"))
    assert outcome(learner, package) == "succeeded"
    assert Category.objects.filter(name__startswith="x'); DELETE").count() == 1


def test_damaged_packages_never_crash(learner: Learner, packages: dict[int, bytes]) -> None:
    source = random.Random(7)
    ends: dict[str, int] = {}
    for number in range(MUTANTS):
        generation = number % 3 + 1
        content = members(packages[generation])
        if number % 2:
            name = source.choice(sorted(content))
            content[name] = _damaged(source, content[name])
            package = packed(content)
        else:
            package = _damaged(source, packages[generation])
        end = outcome(learner, package)
        ends[end] = ends.get(end, 0) + 1
    assert set(ends) <= {
        "succeeded",
        "not_an_anki_package",
        "anki_package_too_large",
        "anki_package_too_new",
    }
    assert ends["not_an_anki_package"] > MUTANTS / 10


def _damaged(source: random.Random, data: bytes) -> bytes:
    changed = bytearray(data or b"x")
    for _ in range(source.choice([1, 4, 40])):
        changed[source.randrange(len(changed))] = source.randrange(256)
    if source.random() < 0.2:
        del changed[source.randrange(len(changed)) :]
    return bytes(changed)


def test_the_api_refuses_with_a_reason(api: ApiClient, packages: dict[int, bytes]) -> None:
    answer: Any = api.upload("/imports/anki/", file=SimpleUploadedFile("a.apkg", b"no package"))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_an_anki_package")
