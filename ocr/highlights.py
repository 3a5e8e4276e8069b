"""What a marker pen marked: bright coloured paper behind dark letters.

Highlight mode is ``marked(page, engine.read(bleached(page)))``.
The page's own tint (a lamp's yellow, a shadow) is measured around each spot and taken away first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import cv2
import numpy as np

from ocr.pages import Pixels
from ocr.text_lines import Line, Point

_SIDE_MAX = 1600  # pixels: colour needs no more
_COLOUR_MIN = 14  # distance from the paper's own tint in the a-b plane of CIELAB, 8 bits
_BRIGHT_MIN = 0.5  # of the paper's lightness: darker is ink, a printed picture, the table below
_MARKED_MIN = 0.5  # of a word's width
_TINTED_MIN = 0.4  # of a column of a line's pixels: letters and a pen's ragged edge are not tinted
_NARROW, _WIDE = frozenset("iljtfrI.,;:'|!()[]-"), frozenset("mwMW")
_LETTER = np.ones((25, 25), dtype=np.uint8)  # pixels: what lies inside a mark belongs to it
_GROWN = np.ones((9, 9), dtype=np.uint8)

Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def marked(page: Pixels, lines: Sequence[Line]) -> list[Line]:
    """Return only the words that are marked: a piece of a line for each run of them."""
    mask, scale = marked_area(page)
    return [piece for line in lines for piece in _pieces(line, mask, scale)]


def bleached(page: Pixels) -> Pixels:
    """Return the page without the marks: at their edges a recogniser loses the spaces.

    A marker leaves one of the three colours as bright as the paper; ink leaves none.
    """
    mask, _ = marked_area(page)
    height, width = page.shape[:2]
    whole = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    whole = cv2.dilate(cv2.morphologyEx(whole, cv2.MORPH_CLOSE, _LETTER), _GROWN)
    return np.where(whole[:, :, None] > 0, page.max(axis=2, keepdims=True), page)


def marked_area(page: Pixels) -> tuple[Mask, float]:
    """Return which pixels of the page carry a marker's colour, and their scale to the page's."""
    scale = min(1.0, _SIDE_MAX / max(page.shape[:2]))
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.medianBlur(small, 5), cv2.COLOR_BGR2LAB).astype(np.float32)
    light, colour = lab[:, :, 0], lab[:, :, 1:]
    paper = light > _BRIGHT_MIN * np.percentile(light, 90)
    tint = np.median(colour[paper], axis=0) if paper.any() else np.full(2, 128.0)
    away = np.hypot(*(colour[:, :, n] - tint[n] for n in (0, 1)))
    return paper & (away > _COLOUR_MIN), scale


def _pieces(line: Line, mask: Mask, scale: float) -> Iterator[Line]:
    words = list(_spans(line.text))
    tinted = _tinted_columns(line, mask, scale)
    if not words or not tinted.any():
        return
    width = len(tinted)

    def is_marked(span: tuple[float, float, str]) -> bool:
        part = tinted[round(span[0] * width) : max(round(span[1] * width), 1)]
        return bool(part.size and part.mean() >= _MARKED_MIN)

    for is_run, run in groupby(words, key=is_marked):
        if is_run:
            found = list(run)
            text = " ".join(word for _, _, word in found)
            yield replace(line, text=text, polygon=_part(line, found[0][0], found[-1][1]))


def _spans(text: str) -> Iterator[tuple[float, float, str]]:
    """Yield each word with where it begins and ends, as parts of the line's width."""
    widths = [_width(char) for char in text]
    total = sum(widths) or 1.0
    for found in re.finditer(r"\S+", text):
        start, end = sum(widths[: found.start()]), sum(widths[: found.end()])
        yield start / total, end / total, found[0]


def _width(char: str) -> float:
    """Return about how wide a character is printed; 1 is an "n"."""
    if char in _NARROW or char.isspace():
        return 0.55
    if char in _WIDE or char > "\u2e80":
        return 1.6
    return 1.25 if char.isupper() else 1.0


def _tinted_columns(line: Line, mask: Mask, scale: float) -> Mask:
    """Return which columns of the straightened line are tinted."""
    corners = np.array(line.polygon[:4], dtype=np.float32) * scale
    width = max(int(np.linalg.norm(corners[1] - corners[0])), 1)
    height = max(int(np.linalg.norm(corners[3] - corners[0])), 1)
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    to_flat = cv2.getPerspectiveTransform(corners, flat)
    picture = cv2.warpPerspective(mask.astype(np.uint8), to_flat, (width, height))
    tinted: Mask = picture.mean(axis=0) >= _TINTED_MIN
    return tinted


def _part(line: Line, start: float, end: float) -> tuple[Point, ...]:
    """Return the corners of a part of the line from left to right."""
    top_left, top_right, bottom_right, bottom_left = line.polygon[:4]

    def between(one: Point, other: Point, part: float) -> Point:
        return one[0] + part * (other[0] - one[0]), one[1] + part * (other[1] - one[1])

    return (
        between(top_left, top_right, start),
        between(top_left, top_right, end),
        between(bottom_left, bottom_right, end),
        between(bottom_left, bottom_right, start),
    )
