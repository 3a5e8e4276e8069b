"""Words that a marker marked, on drawn pages whose lines are known."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.highlights import bleached, marked
from ocr.pages import Pixels
from ocr.text_lines import Line

WORD, SPACE = "nnnnn", 0.55  # every letter is one wide, a space a little over a half
UNIT, HEIGHT = 20, 40
LINE_WIDTH = round((4 * 5 + 3 * SPACE) * UNIT)
COLOURS = [(255, 240, 90), (150, 245, 120), (255, 160, 205), (140, 215, 255), (255, 195, 105)]
PAPERS = [(251, 250, 246), (226, 205, 160), (120, 118, 112)]


def line(y: int) -> Line:
    corners = ((50, y), (50 + LINE_WIDTH, y), (50 + LINE_WIDTH, y + HEIGHT), (50, y + HEIGHT))
    return Line(" ".join([WORD] * 4), 0.9, corners)


LINES = [line(60), line(160), line(260)]


def page(
    marks: list[tuple[int, int]],
    colour: tuple[int, int, int] = COLOURS[0],
    paper: tuple[int, int, int] = PAPERS[0],
) -> Pixels:
    """Three lines of four words; ``marks`` are (line, word), coloured as ink on the paper."""
    image = Image.new("RGB", (LINE_WIDTH + 100, 360), paper)
    draw = ImageDraw.Draw(image)
    tinted = tuple(round(c * p / 255) for c, p in zip(colour, paper, strict=True))
    for row, top in enumerate((60, 160, 260)):
        for word in range(4):
            left = 50 + round(word * (5 + SPACE) * UNIT)
            if (row, word) in marks:
                draw.rectangle((left - 3, top - 2, left + 5 * UNIT + 3, top + 42), fill=tinted)
            for letter in range(5):
                x = left + letter * UNIT + 6
                draw.rectangle((x, top + 10, x + 7, top + 30), fill=(30, 28, 33))
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("paper", PAPERS)
def test_each_pen_is_seen_on_white_yellow_and_dim_paper(
    colour: tuple[int, int, int], paper: tuple[int, int, int]
) -> None:
    found = marked(page([(0, 1), (0, 2), (2, 3)], colour, paper), LINES)
    assert [piece.text for piece in found] == [f"{WORD} {WORD}", WORD]
    (left, top), _, (right, bottom), _ = found[0].polygon
    assert (top, bottom) == (60, 100)
    assert left == pytest.approx(50 + (5 + SPACE) * UNIT, abs=2)
    assert right == pytest.approx(50 + (15 + 2 * SPACE) * UNIT, abs=2)


def test_words_that_are_apart_are_pieces_of_their_own() -> None:
    assert [piece.text for piece in marked(page([(1, 0), (1, 3)]), LINES)] == [WORD, WORD]


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_is_marked_on_a_plain_page(paper: tuple[int, int, int]) -> None:
    assert marked(page([], paper=paper), LINES) == []


def test_coloured_letters_are_no_marks() -> None:
    plain = page([])
    plain[plain.max(axis=2) < 60] = (140, 30, 20)  # blue ink
    assert marked(plain, LINES) == []


def test_a_bleached_page_has_no_marks_and_all_its_letters() -> None:
    before, after = page([]), bleached(page([(0, 1), (2, 3)]))
    assert (after.max(axis=2) < 60).sum() == (before.max(axis=2) < 60).sum()
    assert after[before.max(axis=2) >= 60].min() > 230
