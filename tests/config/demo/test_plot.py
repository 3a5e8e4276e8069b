"""The learner's activity as a picture."""

import io
from datetime import date
from pathlib import Path

from PIL import Image
from rich.console import Console

from config.demo.plot import Day, draw, save

DAYS = [Day(date(2026, 3, 1), 0, 0, 0), Day(date(2026, 3, 2), 40, 0, 1)]
DUE = [(date(2026, 3, 4), 20)]


def _drawn(days: list[Day], due: list[tuple[date, int]]) -> list[str]:
    console = Console(file=io.StringIO(), width=100)
    draw(console, days, due)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]


def test_days_are_bars_in_proportion_and_nothing_is_too_small_to_see() -> None:
    lines = _drawn(DAYS, DUE)
    (answered,) = [line for line in lines if "02 Mar" in line]
    (due,) = [line for line in lines if "04 Mar" in line]
    assert (answered.count("█"), due.count("█")) == (39 + 1, 20)
    assert answered.endswith("41: 40 remembered, 0 partial, 1 forgot")


def test_an_empty_day_is_left_out_and_nothing_at_all_is_drawn_too() -> None:
    assert not [line for line in _drawn(DAYS, DUE) if "01 Mar" in line]
    assert len(_drawn([], [])) == 2


def test_the_picture_is_a_png_in_a_folder_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "activity.png"
    save(path, DAYS, DUE)
    image = Image.open(path)
    image.load()
    assert image.format == "PNG"
    assert image.width > 1000


def test_nothing_to_show_is_a_picture_too(tmp_path: Path) -> None:
    save(tmp_path / "empty.png", [], [])
    assert (tmp_path / "empty.png").stat().st_size > 1000
