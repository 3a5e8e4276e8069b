"""docs/contract.md and docs/openapi.yaml tell the truth, and nothing is read beside them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.celery import QUEUES
from config.settings.variables import VARIABLES
from tests.architecture import tree

NAMES = {variable.name for variable in VARIABLES}
# Read by a library or given to a child process by its own name, not by us to configure the product.
FOREIGN = {"DJANGO_SETTINGS_MODULE", "PATH"}


def test_the_committed_pages_are_current() -> None:
    call_command("contract", check=True)


def test_a_stale_page_is_an_error_and_is_named(tmp_path: Path) -> None:
    call_command("contract", docs=tmp_path)
    call_command("contract", docs=tmp_path, check=True)
    for page in (tmp_path / "contract.md", tmp_path / "openapi.yaml"):
        current = page.read_text()
        page.write_text("old")
        with pytest.raises(CommandError, match=re.escape(page.name)):
            call_command("contract", docs=tmp_path, check=True)
        assert page.read_text() == "old"
        page.write_text(current)


def test_every_variable_and_queue_is_told() -> None:
    text = (tree.ROOT / "docs/contract.md").read_text()
    for name in NAMES | {queue.name for queue in QUEUES}:
        assert f"| `{name}` |" in text


def read_names(path: Path) -> Iterator[str]:
    """Yield the environment variables a module reads: os.environ[...], .get, .pop, getenv."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="environ"),
                slice=ast.Constant(value=str(name)),
                ctx=ast.Load(),
            ):
                yield name
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get" | "pop"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="getenv") | ast.Name(id="getenv"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name


def test_no_variable_is_read_that_is_not_in_the_table() -> None:
    unknown = {
        (str(path.relative_to(tree.ROOT)), name)
        for path in tree.sources()
        for name in read_names(path)
        if name not in NAMES | FOREIGN
    }
    assert unknown == set()


@pytest.mark.parametrize(
    "line", ["os.environ['NEW']", "os.environ.get('NEW', '')", "os.getenv('NEW')", "getenv('NEW')"]
)
def test_a_planted_read_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "planted.py").write_text(f"x = {line}\n")
    assert list(read_names(tmp_path / "planted.py")) == ["NEW"]
