"""docs/security.md tells the truth: each line has a test, and none is told that is not there."""

from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.security.lines import LINES
from tests.security.page import PAGE, page, proofs

PLANTED = """
@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.asvs("5.2.1", "20 MB")
def test_planted(size): ...
"""


def test_every_line_has_a_test_that_names_it() -> None:
    assert LINES.keys() - {proof.line for proof in proofs(ROOT / "tests")} == set()


def test_a_test_names_lines_of_the_list_only() -> None:
    assert {proof.line for proof in proofs(ROOT / "tests")} - LINES.keys() == set()


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text() == page(list(proofs(ROOT / "tests"))), "run make docs"


def test_a_mark_is_found_with_its_test(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_planted.py").write_text(PLANTED)
    (proof,) = proofs(tmp_path / "tests")
    assert proof == ("5.2.1", "20 MB", "tests/test_planted.py::test_planted")
    assert "| 5.2.1 | Too large a file is refused | 20 MB | `test_planted.py::test_pl" in page(
        [proof]
    )


def test_a_mark_that_does_not_say_what_is_done_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_planted.py").write_text(PLANTED.replace(', "20 MB"', ""))
    with pytest.raises(ValueError, match="unpack"):
        list(proofs(tmp_path / "tests"))
