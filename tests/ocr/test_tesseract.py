"""Reading lines with a program, one of our own making here: what it gets and what it gives."""

import sys
from pathlib import Path

import numpy as np
import pytest

from ocr import tesseract

LINE = np.full((20, 200, 3), 255, dtype=np.uint8)
HEADER = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
)
READS = f"""#!{{python}}
import sys
if "--list-langs" in sys.argv:
    print("List of available languages:", *{{languages!r}}, sep="\\n")
    raise SystemExit
names = open("lines.txt").read().split()
assert all(open(name, "rb").read(2) == b"P5" for name in names)
with open("found.txt", "w") as text, open("found.tsv", "w") as table:
    table.write({HEADER!r} + "\\n")
    for page, name in enumerate(names, 1):
        text.write("버리다  abandon\\n\\n\\f" if page == 1 else "\\f")
        if page == 1:
            table.write("5\\t1\\t1\\t1\\t1\\t1\\t0\\t0\\t9\\t9\\t90\\t버\\n")
            table.write("5\\t1\\t1\\t1\\t1\\t2\\t0\\t0\\t9\\t9\\t70\\t리다\\n")
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the only program called tesseract is found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "tesseract"


def write(program: Path, text: str) -> None:
    program.write_text(text)
    program.chmod(0o700)


@pytest.mark.parametrize(
    ("languages", "expected"), [(["eng", "kor"], True), (["eng", "osd"], False)]
)
def test_it_is_installed_only_with_both_languages(
    program: Path, languages: list[str], *, expected: bool
) -> None:
    write(program, READS.format(python=sys.executable, languages=languages))
    assert tesseract.is_installed() is expected


def test_lines_come_back_in_order_with_their_confidence(program: Path) -> None:
    write(program, READS.format(python=sys.executable, languages=[]))
    (text, confidence), unread = tesseract.read([LINE, LINE])
    assert (text, round(confidence, 6)) == ("버리다 abandon", 0.8)
    assert unread == ("", 0.0)


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 3\n", "no program\n"])
def test_a_program_that_fails_reads_nothing(program: Path, text: str) -> None:
    write(program, text)
    assert not tesseract.is_installed()
    assert tesseract.read([LINE, LINE]) == [("", 0.0)] * 2
