"""Files and functions stay small; their medians are told with the test's report."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from tests.architecture import tree

FILE_LINES = 300
FUNCTION_LINES = 40
DRAWERS = {"utils", "util", "common", "core", "helpers", "helper", "lib", "misc", "shared"}


def too_large(root: Path) -> list[str]:
    """Name every file and function over its limit."""
    found = []
    for path in tree.sources(root):
        lines = len(path.read_text().splitlines())
        if lines > FILE_LINES:
            found.append(f"{path.relative_to(root)}: {lines} lines")
        found += [
            f"{path.relative_to(root)}:{name}: {length} lines"
            for name, length in tree.functions(path)
            if length > FUNCTION_LINES
        ]
    return found


def drawers(root: Path) -> list[str]:
    """Name every module or folder that is named after nothing."""
    paths = tree.sources(root)
    return [str(path) for path in paths if DRAWERS & {*path.relative_to(root).parts, path.stem}]


def test_no_file_and_no_function_is_too_large() -> None:
    assert too_large(tree.ROOT) == []


def test_nothing_is_named_after_nothing() -> None:
    assert drawers(tree.ROOT) == []


@pytest.mark.parametrize(
    ("body", "lines"), [("pass\n" * 301, 301), ("def f():\n" + "    pass\n" * 40, 41)]
)
def test_a_planted_giant_is_found(tmp_path: Path, body: str, lines: int) -> None:
    planted = tmp_path / "review" / "planted.py"
    planted.parent.mkdir()
    planted.write_text(body)
    (found,) = too_large(tmp_path)
    assert found.startswith("review/planted.py")
    assert found.endswith(f": {lines} lines")


@pytest.mark.parametrize("name", ["review/utils.py", "ocr/core/engine.py"])
def test_a_planted_drawer_is_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    assert drawers(tmp_path) == [str(tmp_path / name)]


def test_medians_are_told(record_property: Callable[[str, object], None]) -> None:
    paths = [path for path in tree.sources() if path.stat().st_size]
    files = median(len(path.read_text().splitlines()) for path in paths)
    lengths = median(length for path in paths for _, length in tree.functions(path))
    record_property("median_file_lines", files)
    record_property("median_function_lines", lengths)
    print(f"median file {files} lines, median function {lengths} lines")  # noqa: T201
    assert files <= FILE_LINES / 2
    assert lengths <= FUNCTION_LINES / 2
