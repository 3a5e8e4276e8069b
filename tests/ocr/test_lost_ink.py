"""Lost ink, on drawn lines and what a recogniser would have seen at each step."""

import numpy as np
from PIL import Image, ImageDraw

from ocr.lost_ink import LOST_HEIGHTS, lost_ink
from ocr.pages import Pixels

STEPS, WIDTH, HEIGHT = 50, 400, 40


def drawn(*marks: tuple[int, int], ink: int = 0) -> Pixels:
    """A white line with marks from left to right edge each."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    for left, right in marks:
        ImageDraw.Draw(image).rectangle((left, 8, right, 32), fill=(ink, ink, ink))
    return np.asarray(image)


def seen(*steps: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    classes = np.zeros(STEPS, dtype=np.int64)
    classes[list(steps)] = 7
    return classes


def test_letters_that_were_seen_are_not_lost() -> None:
    assert lost_ink(drawn((20, 38), (60, 78), (100, 118)), seen(3, 8, 13)) == 0


def test_what_was_passed_over_is_measured_in_heights_of_the_line() -> None:
    line = drawn((20, 38), (150, 179), (190, 219), (230, 259))
    assert lost_ink(line, seen(3)) == (30 + 30 + 30) / HEIGHT > LOST_HEIGHTS


def test_a_wide_letter_seen_at_one_step_is_not_lost() -> None:
    assert lost_ink(drawn((20, 100), (140, 158)), seen(7, 18)) == 0


def test_pieces_parted_by_something_seen_are_counted_apart() -> None:
    line = drawn((20, 39), (60, 79), (100, 119), (140, 159), (180, 199))
    assert lost_ink(line, seen(13)) == (20 + 20) / HEIGHT


def test_a_shadow_is_no_ink() -> None:
    assert lost_ink(drawn((150, 300), ink=225), seen(3)) == 0
