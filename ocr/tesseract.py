"""Korean lines by the program tesseract, where it is installed with Korean.

The recogniser of the product knows no Hangul. One process reads all the lines of a page.
"""

import csv
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import cv2

from ocr.pages import Pixels

_LINE_HEIGHT = 50  # pixels: read best, whatever the photo's size
_BORDER = 10
_SECONDS_MAX = 60  # for all the lines of one page
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}


def is_installed() -> bool:
    """Tell whether the program is there by now and has Korean and English."""
    if (program := shutil.which("tesseract")) is None:
        return False
    command = [program, "--list-langs"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (subprocess.SubprocessError, OSError):
        return False
    return {"kor", "eng"} <= set(told.stdout.split())


def read(lines: Sequence[Pixels]) -> list[tuple[str, float]]:
    """Return each line's text and confidence (0-1); ("", 0.0) for those it could not read."""
    with tempfile.TemporaryDirectory(prefix="resee-lines-") as folder:
        root = Path(folder)
        names = [_write(line, root / f"{number}.pgm") for number, line in enumerate(lines)]
        (root / "lines.txt").write_text("\n".join(names) + "\n")
        command = ["tesseract", "lines.txt", "found", "-l", "kor+eng", "--psm", "7"]
        try:
            subprocess.run(
                [*command, "--dpi", "200", "txt", "tsv"],
                cwd=root,
                env=os.environ | _ONE_THREAD,
                capture_output=True,
                check=True,
                timeout=_SECONDS_MAX,
            )
        except (subprocess.SubprocessError, OSError):
            return [("", 0.0)] * len(lines)
        # the words of the table are torn at syllables, those of the text are not
        texts = (root / "found.txt").read_text(encoding="utf-8").split("\f")
        sure = _confidences((root / "found.tsv").read_text(encoding="utf-8"))
    return [
        (" ".join(text.split()), sure.get(number, 0.0))
        for number, text in enumerate(texts[: len(lines)], 1)
    ]


def _write(line: Pixels, path: Path) -> str:
    grey = cv2.cvtColor(line, cv2.COLOR_BGR2GRAY)
    scale = _LINE_HEIGHT / grey.shape[0]
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    grey = cv2.copyMakeBorder(grey, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_REPLICATE)
    cv2.imwrite(str(path), grey)
    return path.name


def _confidences(table: str) -> dict[int, float]:
    """Return the mean confidence of the words of each line by its number, from 1."""
    found: dict[int, list[float]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5":
            found.setdefault(int(row["page_num"]), []).append(float(row["conf"]) / 100)
    return {number: fmean(values) for number, values in found.items()}
