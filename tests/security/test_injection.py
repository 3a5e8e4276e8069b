"""Text of users reaches no interpreter: no query, no shell, no evaluator, no spreadsheet."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import User
from config.spreadsheets import cell, text_of
from review.models import Content
from tests import make
from tests.architecture import tree
from tests.client import ApiClient

SQL = [
    "' OR '1'='1",
    "'; DROP TABLE review_content; --",
    "1) UNION SELECT password FROM accounts_user --",
    "%' AND pg_sleep(9) IS NULL AND '%'='",
    "\\'; SELECT 1; --",
]
_RUNNING = {"eval", "exec", "compile", "os.system", "os.popen", "subprocess.getoutput"}
_WRITING = ("csv.writer", "DictWriter", "openpyxl", "xlsxwriter", "import_export.resources")
_PARSING = {"pickle", "marshal", "shelve", "xml", "lxml", "jinja2"}


@pytest.mark.asvs("1.2.4", "the ORM, and parameters where SQL is written by hand")
@pytest.mark.parametrize("text", SQL)
def test_a_query_cannot_be_changed_from_outside(text: str, api: ApiClient, bob: User) -> None:
    make.content(bob, front="his own")
    schema: Any = Client().get("/api/schema/?format=json").json()
    asked = 0
    for path, item in schema["paths"].items():
        names = [each["name"] for each in item.get("get", {}).get("parameters", [])
                 if each.get("in") == "query"]  # fmt: skip
        if "{" in path or "/auth/" in path:
            continue
        for name in names:
            answer = api.get(path.removeprefix("/api/v1"), **{name: text})
            assert answer.status_code in {200, 400, 404}, (path, name)
            assert b"his own" not in answer.content, (path, name)
            asked += 1
    assert asked > 10
    assert api.get(f"/contents/{quote(text, safe='')}/").status_code == 404
    assert Content.objects.count() == 1


def _dangerous(path: Path) -> Iterator[str]:
    """Yield what a module calls or imports that runs or unpacks text as code."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            if (name := ast.unparse(node.func)) in _RUNNING:
                yield name
            if any(each.arg == "shell" for each in node.keywords):
                yield "shell"
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            module = getattr(node, "module", None)
            names = [module] if module else [alias.name for alias in node.names]
            yield from (name for name in names if name.partition(".")[0] in _PARSING)


@pytest.mark.asvs("1.2.5", "programs are started without a shell, by lists of arguments")
@pytest.mark.asvs("1.3.2", "no module evaluates text")
@pytest.mark.asvs("1.5.1", "no module reads XML")
def test_no_module_runs_text_as_code() -> None:
    apps = [path for path in tree.sources() if path.relative_to(tree.ROOT).parts[0] in APPS]
    assert len(apps) > 100
    assert {(str(path), name) for path in apps for name in _dangerous(path)} == set()


APPS = {"accounts", "config", "review", "exams", "ocr", "chat"}


@pytest.mark.parametrize(
    "line",
    ["eval(text)", "os.system(text)", "subprocess.run(text, shell=True)", "import pickle",
     "from xml.etree import ElementTree"],
)  # fmt: skip
def test_a_planted_danger_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "planted.py").write_text(f"{line}\n")
    assert len(list(_dangerous(tmp_path / "planted.py"))) == 1


@pytest.mark.asvs("1.2.10", "texts that begin with = + - @, a tab or a return get an apostrophe")
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('=HYPERLINK("http://evil.example","x")', '\'=HYPERLINK("http://evil.example","x")'),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\0=1", "'\0=1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("a = b", "a = b"),
        ("", ""),
        (-2, -2),
        (0.5, 0.5),
        (None, None),
    ],
)
def test_a_cell_begins_no_formula(value: Any, written: Any) -> None:
    assert cell(value) == written
    assert written is None or text_of(str(written)) == str(value)


@pytest.mark.asvs("1.2.10", "every module that writes a table uses them")
def test_who_writes_a_table_writes_such_cells(tmp_path: Path) -> None:
    writers = [path for path in tree.sources() if _writes_tables(path)]
    assert [path for path in writers if "config.spreadsheets" not in path.read_text()] == []
    (tmp_path / "planted.py").write_text("import csv\ncsv.writer(file)\n")
    assert _writes_tables(tmp_path / "planted.py")


def _writes_tables(path: Path) -> bool:
    written = path.read_text()
    return any(name in written for name in _WRITING)
